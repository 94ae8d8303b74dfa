"""Steps of transforms that several jobs share, or that a job is too long for."""
