locals {
  # Rules of AWS that judge bodies: a webhook's body is large and full of foreign text, and the dashboard judges it itself.
  managed = {
    AWSManagedRulesAmazonIpReputationList = { priority = 20, without_intake = false, counted = [] }
    AWSManagedRulesKnownBadInputsRuleSet  = { priority = 30, without_intake = false, counted = [] }
    AWSManagedRulesCommonRuleSet          = { priority = 40, without_intake = true, counted = ["SizeRestrictions_BODY"] }
  }
}

resource "aws_wafv2_web_acl" "this" {
  #checkov:skip=CKV_AWS_192:AWSManagedRulesKnownBadInputsRuleSet is among the managed rules; the rule cannot see into a dynamic block.
  name        = var.name
  description = "Refuses known attacks and floods before they reach the dashboard"
  scope       = var.scope

  default_action {
    allow {}
  }

  dynamic "rule" {
    for_each = var.require_origin_secret ? ["origin-secret"] : []

    content {
      name     = rule.value
      priority = 0

      action {
        block {}
      }

      statement {
        not_statement {
          statement {
            byte_match_statement {
              search_string         = var.origin_secret
              positional_constraint = "EXACTLY"

              field_to_match {
                single_header {
                  name = "x-origin-verify"
                }
              }

              text_transformation {
                priority = 0
                type     = "NONE"
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = rule.value
        sampled_requests_enabled   = false
      }
    }
  }

  rule {
    name     = "rate"
    priority = 10

    action {
      block {}
    }

    statement {
      rate_based_statement {
        limit              = var.requests_per_five_minutes
        aggregate_key_type = var.behind_cdn ? "FORWARDED_IP" : "IP"

        dynamic "forwarded_ip_config" {
          for_each = var.behind_cdn ? ["X-Forwarded-For"] : []

          content {
            header_name       = forwarded_ip_config.value
            fallback_behavior = "NO_MATCH"
          }
        }
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "rate"
      sampled_requests_enabled   = true
    }
  }

  dynamic "rule" {
    for_each = local.managed

    content {
      name     = rule.key
      priority = rule.value.priority

      override_action {
        none {}
      }

      statement {
        managed_rule_group_statement {
          name        = rule.key
          vendor_name = "AWS"

          dynamic "rule_action_override" {
            for_each = rule.value.counted

            content {
              name = rule_action_override.value

              action_to_use {
                count {}
              }
            }
          }

          dynamic "scope_down_statement" {
            for_each = rule.value.without_intake ? ["/api/ingest/"] : [] # behind a stage the path begins with its name

            content {
              not_statement {
                statement {
                  byte_match_statement {
                    search_string         = scope_down_statement.value
                    positional_constraint = "CONTAINS"

                    field_to_match {
                      uri_path {}
                    }

                    text_transformation {
                      priority = 0
                      type     = "NONE"
                    }
                  }
                }
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = rule.key
        sampled_requests_enabled   = true
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = true
  }

  lifecycle {
    precondition {
      condition     = !var.require_origin_secret || var.origin_secret != null
      error_message = "require_origin_secret needs origin_secret."
    }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "aws-waf-logs-${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_wafv2_web_acl_logging_configuration" "this" {
  resource_arn            = aws_wafv2_web_acl.this.arn
  log_destination_configs = [aws_cloudwatch_log_group.this.arn]

  # What people and senders prove themselves with stays out of the log.
  dynamic "redacted_fields" {
    for_each = toset(["authorization", "cookie", "x-api-key", "x-webhook-secret", "x-origin-verify"])

    content {
      single_header {
        name = redacted_fields.value
      }
    }
  }

  logging_filter {
    default_behavior = "DROP"

    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"

      condition {
        action_condition {
          action = "BLOCK"
        }
      }

      condition {
        action_condition {
          action = "COUNT"
        }
      }
    }
  }
}
