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
  description = "What each role may do, as JSON, by part."
  value       = local.documents
}

output "github_deploy_role_arn" {
  description = "ARN of the role for GitHub Actions; null where it was not asked for."
  value       = one(aws_iam_role.github_deploy[*].arn)
}
