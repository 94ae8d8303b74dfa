"""The Hub's API over a store: routes, quota, injected faults."""
