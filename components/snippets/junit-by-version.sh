curl -X POST "{origin}/api/ingest/junit?clusterId=my-cluster&serviceId=my-service&buildVersion=$VERSION&suite=FUNCTIONAL" \
  -H "X-Webhook-Secret: $WEBHOOK_SECRET" -H 'Content-Type: application/xml' \
  --data-binary @report.xml
