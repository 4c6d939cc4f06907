"""FlinkDeployment: JobManager and TaskManagers of a real Flink, started, stopped and upgraded as its operator does."""
