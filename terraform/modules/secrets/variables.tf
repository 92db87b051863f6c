variable "secret_name" {
  description = "Name of the secret whose JSON holds the application's secret variables."
  type        = string
  default     = "dashboard/settings"

  validation {
    condition     = can(regex("^[A-Za-z0-9/_+=.@-]{1,512}$", var.secret_name))
    error_message = "secret_name may have letters, digits and / _ + = . @ -."
  }
}

variable "initial_settings" {
  description = "First content of the secret, by variable name (WEBHOOK_SECRET, CURSOR_SECRET, ADMIN_KEY ...). It is written once for each initial_settings_version and never kept in the state. Null: the secret stays empty until somebody fills it."
  type        = map(string)
  default     = null
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = var.initial_settings == null ? true : alltrue([for name in keys(var.initial_settings) : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "The keys of initial_settings are names of variables, such as WEBHOOK_SECRET."
  }
}

variable "initial_settings_version" {
  description = "0: Terraform writes no content. Any higher number: it writes initial_settings, again whenever the number changes."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.initial_settings_version >= 0 && floor(var.initial_settings_version) == var.initial_settings_version
    error_message = "initial_settings_version must be a whole number from 0."
  }
}

variable "recovery_window_days" {
  description = "How long a deleted secret can still be brought back. 0: it goes at once, and its name can be used again."
  type        = number
  default     = 30

  validation {
    condition     = var.recovery_window_days == 0 || (var.recovery_window_days >= 7 && var.recovery_window_days <= 30)
    error_message = "recovery_window_days must be 0, or from 7 to 30."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the secret. Null: the account's aws/secretsmanager key."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}
