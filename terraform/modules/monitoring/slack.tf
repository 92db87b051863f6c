# Alarms in a Slack channel. What people type there can look, never change.

resource "aws_chatbot_slack_channel_configuration" "this" {
  count = var.slack == null ? 0 : 1

  configuration_name    = "${var.name}-alarms"
  slack_team_id         = var.slack.team_id
  slack_channel_id      = var.slack.channel_id
  iam_role_arn          = aws_iam_role.slack[0].arn
  sns_topic_arns        = [aws_sns_topic.alarms.arn]
  guardrail_policy_arns = [aws_iam_policy.slack[0].arn]
  logging_level         = "ERROR"
}

resource "aws_iam_role" "slack" {
  count = var.slack == null ? 0 : 1

  name               = "${var.name}-slack"
  description        = "What the alarms' Slack channel may look at"
  assume_role_policy = data.aws_iam_policy_document.slack_trust.json
}

data "aws_iam_policy_document" "slack_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["chatbot.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_iam_policy" "slack" {
  count = var.slack == null ? 0 : 1

  name        = "${var.name}-slack"
  description = "Pictures and states of alarms, nothing else"
  policy      = data.aws_iam_policy_document.slack.json
}

data "aws_iam_policy_document" "slack" {
  #checkov:skip=CKV_AWS_356:CloudWatch's metrics have no ARNs: looking at them can only be allowed for all
  statement {
    sid = "LookAtAlarms"
    actions = [
      "cloudwatch:DescribeAlarms",
      "cloudwatch:GetMetricData",
      "cloudwatch:GetMetricWidgetImage",
    ]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy_attachment" "slack" {
  count = var.slack == null ? 0 : 1

  role       = aws_iam_role.slack[0].name
  policy_arn = aws_iam_policy.slack[0].arn
}
