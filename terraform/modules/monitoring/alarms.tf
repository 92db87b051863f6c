# The alarms of chapter 11.2 and 11.3. They are data (templates/*.json.tftpl), so that tests/terraform/test_alarms.py
# can feed exactly these with measurements and see them fire and clear.

locals {
  places = {
    queue_name        = var.queue_name
    dlq_name          = var.dlq_name
    metrics_namespace = var.metrics_namespace
    api_name          = try(var.api.name, "")
    api_stage         = try(var.api.stage, "")
    cluster_name      = try(var.container_insights.cluster_name, "")
    namespace         = try(var.container_insights.namespace, "")
  }
  holds = {
    "always"             = true
    "api"                = var.api != null
    "no-api"             = var.api == null
    "container-insights" = var.container_insights != null
  }
  alarms    = { for one in jsondecode(templatefile("${path.module}/templates/alarms.json.tftpl", local.places)) : one.name => one if local.holds[one.when] }
  throttles = jsondecode(templatefile("${path.module}/templates/throttles.json.tftpl", {}))
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.what} What to do: ${var.runbook_url}#${each.key}"
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = each.value.periods
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  dynamic "metric_query" {
    for_each = each.value.metrics

    content {
      id          = metric_query.key
      return_data = each.value.expression == null

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.name
        dimensions  = metric_query.value.dimensions
        period      = metric_query.value.period
        stat        = metric_query.value.statistic
      }
    }
  }

  dynamic "metric_query" {
    for_each = each.value.expression == null ? [] : [each.value.expression]

    content {
      id          = "result"
      label       = each.key
      expression  = metric_query.value
      return_data = true
    }
  }
}

# One for each table, as an alarm may look at ten series at most; all lead to one section of the runbook.
resource "aws_cloudwatch_metric_alarm" "throttles" {
  for_each = var.table_names

  alarm_name          = "${var.name}-dynamodb-throttles-${each.value}"
  alarm_description   = "${local.throttles.what} What to do: ${var.runbook_url}#dynamodb-throttles"
  comparison_operator = local.throttles.comparison
  threshold           = local.throttles.threshold
  evaluation_periods  = local.throttles.periods
  datapoints_to_alarm = local.throttles.periods
  treat_missing_data  = local.throttles.missing
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  dynamic "metric_query" {
    for_each = { for metric in local.throttles.metrics : "m_${lower(metric)}" => metric }

    content {
      id          = metric_query.key
      return_data = false

      metric {
        namespace   = "AWS/DynamoDB"
        metric_name = metric_query.value
        dimensions  = { TableName = each.value }
        period      = local.throttles.period
        stat        = local.throttles.statistic
      }
    }
  }

  dynamic "metric_query" {
    for_each = {
      for pair in setproduct(lookup(var.index_names, each.key, []), local.throttles.metrics) :
      "i_${lower(pair[0])}_${lower(pair[1])}" => { index = pair[0], metric = pair[1] }
    }

    content {
      id          = metric_query.key
      return_data = false

      metric {
        namespace   = "AWS/DynamoDB"
        metric_name = metric_query.value.metric
        dimensions = {
          TableName                = each.value
          GlobalSecondaryIndexName = metric_query.value.index
        }
        period = local.throttles.period
        stat   = local.throttles.statistic
      }
    }
  }

  metric_query {
    id    = "result"
    label = "throttled"
    expression = join(" + ", concat(
      [for metric in local.throttles.metrics : "FILL(m_${lower(metric)}, 0)"],
      [for pair in setproduct(lookup(var.index_names, each.key, []), local.throttles.metrics) : "FILL(i_${lower(pair[0])}_${lower(pair[1])}, 0)"],
    ))
    return_data = true
  }
}
