"""Training in the background: data, plan, job, record, and accuracy against width."""
