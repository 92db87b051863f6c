# One secret: a JSON object whose keys are the names of the application's secret variables.

resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV2_AWS_57:Senders hold the same secrets, so nothing can rotate them alone; two live at once while people change them (docs/operations.md)
  name                    = var.secret_name
  description             = "Secret variables of the Deployment and Quality Dashboard, as a JSON object"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.recovery_window_days
}

# Written but never read back: neither the plan nor the state holds a secret.
resource "aws_secretsmanager_secret_version" "initial" {
  count = var.initial_settings_version > 0 ? 1 : 0

  secret_id                = aws_secretsmanager_secret.this.id
  secret_string_wo         = jsonencode(var.initial_settings)
  secret_string_wo_version = var.initial_settings_version

  lifecycle {
    precondition {
      condition     = var.initial_settings != null
      error_message = "initial_settings_version is set, but initial_settings is not."
    }
  }
}
