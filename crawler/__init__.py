"""The crawler: it fetches the Hub's listings, cards and accounts into bronze tables, without a JVM."""
