output "user_pool_id" {
  description = "Id of the user pool."
  value       = aws_cognito_user_pool.this.id
}

output "user_pool_arn" {
  description = "ARN of the user pool."
  value       = aws_cognito_user_pool.this.arn
}

output "issuer" {
  description = "The OIDC issuer: its discovery document is at /.well-known/openid-configuration below."
  value       = "https://cognito-idp.${data.aws_region.current.name}.amazonaws.com/${aws_cognito_user_pool.this.id}"
}

output "client_id" {
  description = "The client id of the dashboard."
  value       = aws_cognito_user_pool_client.this.id
}

output "client_secret" {
  description = "The client secret of the dashboard."
  value       = aws_cognito_user_pool_client.this.client_secret
  sensitive   = true
}

output "sign_in_host" {
  description = "Host of the sign-in pages."
  value       = "${aws_cognito_user_pool_domain.this.domain}.auth.${data.aws_region.current.name}.amazoncognito.com"
}
