output "role_arns" {
  description = "ARNs of the roles by part (web, worker, snapshot, operator, watcher): the chart's serviceAccounts.*.roleArn."
  value       = { for part, role in aws_iam_role.part : part => role.arn }
}

output "role_names" {
  description = "Names of the roles, by part."
  value       = { for part, role in aws_iam_role.part : part => role.name }
}

output "service_account_names" {
  description = "Which service account may take each role, by part."
  value       = local.service_accounts
}

output "policy_documents" {
  description = "What each role may do, as JSON, by part; restore is what rebuilding needs beside the worker's."
  value       = local.documents
}

output "restore_policy_arn" {
  description = "Policy that whoever rebuilds the tables attaches to the worker's role for that time."
  value       = aws_iam_policy.restore.arn
}

output "github_deploy_role_arn" {
  description = "ARN of the role for GitHub Actions; null where it was not asked for."
  value       = one(aws_iam_role.github_deploy[*].arn)
}
