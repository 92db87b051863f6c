# One screen in CloudWatch: what is asked, what comes in, what is stored, what is in the way.

locals {
  region = data.aws_region.current.name
  own    = var.metrics_namespace
  charts = [
    {
      title = "Requests and server errors"
      stat  = "Sum"
      metrics = [
        [local.own, "Requests", "Service", "web"],
        [local.own, "ServerErrors", "Service", "web"],
      ]
    },
    {
      title = "Latency of answers, p50 and p99 (ms)"
      stat  = "p99"
      metrics = [
        [local.own, "RequestLatency", "Service", "web", { stat = "p50" }],
        [local.own, "RequestLatency", "Service", "web"],
      ]
    },
    {
      title = "Age of what pages show (s)"
      stat  = "Maximum"
      metrics = [
        [local.own, "ReadModelAge", "Service", "web"],
      ]
    },
    {
      title = "Queue: waiting, being worked on, dead"
      stat  = "Maximum"
      metrics = [
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", var.queue_name],
        ["AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "QueueName", var.queue_name],
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", var.dlq_name],
      ]
    },
    {
      title = "Age of the oldest message (s)"
      stat  = "Maximum"
      metrics = [
        ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", var.queue_name],
        [local.own, "OldestHeldAge", "Service", "worker"],
      ]
    },
    {
      title = "Worker: events stored and set aside"
      stat  = "Sum"
      metrics = [
        [local.own, "EventsStored", "Service", "worker"],
        [local.own, "EventsQuarantined", "Service", "worker"],
      ]
    },
    {
      title   = "DynamoDB: capacity read"
      stat    = "Sum"
      metrics = [for name in values(var.table_names) : ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", name]]
    },
    {
      title   = "DynamoDB: capacity written"
      stat    = "Sum"
      metrics = [for name in values(var.table_names) : ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", name]]
    },
    {
      title = "Turned away by DynamoDB, as our processes saw it"
      stat  = "Sum"
      metrics = [
        [local.own, "StoreThrottles", "Service", "web"],
        [local.own, "StoreThrottles", "Service", "worker"],
      ]
    },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = concat(
      [{
        type   = "alarm"
        x      = 0
        y      = 0
        width  = 24
        height = 3
        properties = {
          title  = "Alarms"
          alarms = concat(values(aws_cloudwatch_metric_alarm.this)[*].arn, values(aws_cloudwatch_metric_alarm.throttles)[*].arn)
        }
      }],
      [for place, chart in local.charts : {
        type   = "metric"
        x      = 8 * (place % 3)
        y      = 3 + 6 * floor(place / 3)
        width  = 8
        height = 6
        properties = {
          title   = chart.title
          view    = "timeSeries"
          region  = local.region
          stat    = chart.stat
          period  = 60
          metrics = chart.metrics
        }
      }],
    )
  })
}
