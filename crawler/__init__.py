"""The Hub into bronze tables: fetches and keeps answers whole, never says what they mean. Needs no JVM."""
