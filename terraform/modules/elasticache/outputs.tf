output "endpoint" {
  description = "Host of the node that writes."
  value       = aws_elasticache_replication_group.this.primary_endpoint_address
}

output "redis_url" {
  description = "The setting REDIS_URL, with the password in it: it belongs into the secret."
  value       = "rediss://:${urlencode(var.auth_token)}@${aws_elasticache_replication_group.this.primary_endpoint_address}:6379/0"
  sensitive   = true
}

output "security_group_id" {
  description = "Its security group."
  value       = aws_security_group.this.id
}
