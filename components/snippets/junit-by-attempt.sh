curl -X POST "{origin}/api/ingest/junit?attemptId=$ATTEMPT_ID&suite=FUNCTIONAL" \
  -H "X-Webhook-Secret: $WEBHOOK_SECRET" -H 'Content-Type: application/xml' \
  --data-binary @report.xml
