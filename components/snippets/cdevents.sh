NOW=$(date -u +%Y-%m-%dT%H:%M:%SZ)
ID=$(cat /proc/sys/kernel/random/uuid)
curl -X POST '{origin}/api/ingest/webhook/cdevents' \
  -H "Authorization: Bearer $WEBHOOK_SECRET" -H 'Content-Type: application/json' \
  -H 'ce-specversion: 1.0' -H 'ce-type: dev.cdevents.service.deployed.0.1.1' \
  -H 'ce-source: /my-deployer' -H "ce-id: $ID" -H "ce-time: $NOW" \
  -d '{"context": {"version": "0.3.0", "id": "'"$ID"'", "source": "/my-deployer",
        "type": "dev.cdevents.service.deployed.0.1.1", "timestamp": "'"$NOW"'"},
       "subject": {"id": "my-service", "source": "/my-deployer", "type": "service",
        "content": {"environment": {"id": "my-cluster"},
          "artifactId": "pkg:oci/my-service?tag='"$VERSION"'"}}}'
