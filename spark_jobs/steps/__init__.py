"""Transform steps that several jobs share, or that are split off from a long job."""
