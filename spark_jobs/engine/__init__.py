"""What runs jobs: session, build, staging, gates, publishing."""
