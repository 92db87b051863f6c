output "topic_arn" {
  description = "Topic that alarms are sent to."
  value       = aws_sns_topic.alarms.arn
}

output "alarm_names" {
  description = "Names of all alarms; the part behind name is its section in the runbook."
  value       = concat(values(aws_cloudwatch_metric_alarm.this)[*].alarm_name, values(aws_cloudwatch_metric_alarm.throttles)[*].alarm_name)
}

output "log_group_names" {
  description = "Log groups by part: web, worker, jobs, watcher, api."
  value       = { for part, group in aws_cloudwatch_log_group.this : part => group.name }
}

output "log_group_arns" {
  description = "Their ARNs, without :*, by the same parts. API Gateway wants the one of api."
  value       = { for part, group in aws_cloudwatch_log_group.this : part => group.arn }
}

output "dashboard_name" {
  description = "The CloudWatch dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}

output "settings" {
  description = "The application's variable that switches its own metrics on."
  value       = { METRICS_NAMESPACE = var.metrics_namespace }
}
