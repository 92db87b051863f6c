STARTED=$(date -u +%Y-%m-%dT%H:%M:%SZ)
./deploy.sh && STATUS=SUCCESS || STATUS=FAILED
curl -X POST '{origin}/api/ingest/webhook' \
  -H "X-Webhook-Secret: $WEBHOOK_SECRET" -H 'Content-Type: application/json' \
  -d '{"source": "my-pipeline", "eventType": "deployment", "payload": {
        "clusterId": "my-cluster", "serviceId": "my-service", "buildVersion": "'"$VERSION"'",
        "status": "'"$STATUS"'", "startedAt": "'"$STARTED"'",
        "endedAt": "'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'", "trigger": "merge"}}'
