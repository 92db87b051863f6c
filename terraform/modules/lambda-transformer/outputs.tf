output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "function_arn" {
  description = "ARN of the function: the target of a rule of an event bus."
  value       = aws_lambda_function.this.arn
}

output "invoke_arn" {
  description = "What API Gateway calls it by."
  value       = aws_lambda_function.this.invoke_arn
}

output "failed_queue_url" {
  description = "Where events of a bus are kept that it failed at."
  value       = aws_sqs_queue.failed.url
}
