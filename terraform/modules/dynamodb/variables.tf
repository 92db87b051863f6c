variable "name_prefix" {
  description = "What every table's name begins with, for several installations in one account."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[a-zA-Z0-9_.-]{0,100}$", var.name_prefix))
    error_message = "name_prefix may have letters, digits, _ . and -."
  }
}

variable "point_in_time_recovery" {
  description = "Whether every table can be restored to any second of the last 35 days."
  type        = bool
  default     = true
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete a table. Switch it off, apply, then destroy."
  type        = bool
  default     = true
  nullable    = false
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the tables. Null: a key that DynamoDB owns, at no cost."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}
