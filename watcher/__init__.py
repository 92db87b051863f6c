"""The rollout watcher: sees Deployments and Argo Rollouts in one cluster, and puts their verdicts on the queue."""
