{{/* The image of every container; the tag stays beside the digest, for people and for the rollout watcher. */}}
{{- define "dashboard.image" -}}
{{- $repository := required "image.repository is needed: the image without its tag" .Values.image.repository -}}
{{- $tag := .Values.image.tag | default .Chart.AppVersion -}}
{{- printf "%s:%s" $repository $tag -}}{{- with .Values.image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{/* Labels of everything. */}}
{{- define "dashboard.labels" -}}
app.kubernetes.io/name: deploy-dashboard
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/part-of: deploy-dashboard
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* Labels of a pod: (dict "root" $ "app" name "component" part). */}}
{{- define "dashboard.podLabels" -}}
app: {{ .app }}
app.kubernetes.io/component: {{ .component }}
{{ include "dashboard.labels" .root }}
{{- end -}}

{{/* What every pod says of itself: not root, no token unless asked for. */}}
{{- define "dashboard.podSecurity" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What every container says of itself. */}}
{{- define "dashboard.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  runAsUser: 10001
  capabilities: {drop: [ALL]}
  seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{/* Why a checker is not followed, where it is not. */}}
{{- define "dashboard.skips" -}}
checkov.io/skip1: CKV_K8S_35=the processes read their settings from the environment alone; SECRETS_MANAGER_ID keeps secrets out of it
checkov.io/skip2: CKV_K8S_15=an image is one build, by digest or by a tag that never moves; a registry that is away must not stop a restart
checkov.io/skip3: CKV_K8S_43=the digest is a value, which the release workflow sets
{{- end -}}

{{/* A change of settings, of the catalog or of who may read what starts the pods anew. */}}
{{- define "dashboard.checksums" -}}
checksum/settings: {{ include (print $.Template.BasePath "/configmap.yaml") . | sha256sum }}
{{- end -}}

{{/* The Secret with the secret variables, or nothing. */}}
{{- define "dashboard.secretName" -}}
{{- if .Values.secrets.externalSecrets.enabled -}}
{{- if .Values.secrets.existingSecret -}}
{{- fail "secrets.existingSecret and secrets.externalSecrets exclude each other" -}}
{{- end -}}
dashboard-secrets
{{- else -}}
{{- .Values.secrets.existingSecret -}}
{{- end -}}
{{- end -}}

{{/* Where a process has its environment from; with "secrets" false without the secret ones. */}}
{{- define "dashboard.envFrom" -}}
envFrom:
  - configMapRef: {name: dashboard-settings}
{{- $secret := include "dashboard.secretName" .root }}
{{- if and .secrets $secret }}
  - secretRef: {name: {{ $secret }}}
{{- end }}
{{- end -}}

{{- define "dashboard.secretsManagerEnv" -}}
{{- with .Values.secrets.secretsManagerId }}
- {name: SECRETS_MANAGER_ID, value: {{ . | quote }}}
{{- end }}
{{- end -}}

{{- define "dashboard.metricsEnv" -}}
{{- if .Values.metrics.enabled }}
- {name: METRICS_PORT, value: "9102"}
{{- end }}
{{- end -}}

{{/* The ConfigMap with the catalog, or nothing. */}}
{{- define "dashboard.catalogMap" -}}
{{- if and .Values.catalog.inline .Values.catalog.existingConfigMap -}}
{{- fail "catalog.inline and catalog.existingConfigMap exclude each other" -}}
{{- end -}}
{{- if .Values.catalog.inline }}dashboard-catalog{{ else }}{{ .Values.catalog.existingConfigMap }}{{ end -}}
{{- end -}}

{{/* Over zones and hosts, as well as it goes: (dict "app" name). */}}
{{- define "dashboard.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: {matchLabels: {app: {{ .app }}}}
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: {matchLabels: {app: {{ .app }}}}
{{- end -}}

{{/* ClusterIP where something else brings visitors to the pods. */}}
{{- define "dashboard.serviceType" -}}
{{- if .Values.service.type -}}
{{- .Values.service.type -}}
{{- else if or .Values.targetGroupBinding.enabled .Values.ingress.enabled -}}
ClusterIP
{{- else -}}
LoadBalancer
{{- end -}}
{{- end -}}

{{/* The pod of a job: (dict "root" $ "app" name "component" part "account" key "command" list "catalog" bool). */}}
{{- define "dashboard.jobPod" -}}
metadata:
  labels:
    {{- include "dashboard.podLabels" . | nindent 4 }}
spec:
  serviceAccountName: {{ (index .root.Values.serviceAccounts .account).name }}
  automountServiceAccountToken: false
  restartPolicy: Never
  {{- include "dashboard.podSecurity" .root | nindent 2 }}
  containers:
    - name: {{ .component }}
      image: {{ include "dashboard.image" .root }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      command: {{ toJson .command }}
      {{- include "dashboard.envFrom" (dict "root" .root "secrets" true) | nindent 6 }}
      {{- $env := include "dashboard.secretsManagerEnv" .root | trim }}
      {{- if or $env .catalog }}
      env:
        {{- with $env }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- if .catalog }}
        - {name: CATALOG_FILE, value: /etc/dashboard/catalog.yaml}
        {{- end }}
      {{- end }}
      resources: {{ toJson .root.Values.jobs.resources }}
      {{- include "dashboard.containerSecurity" .root | nindent 6 }}
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
        {{- if .catalog }}
        - {name: catalog, mountPath: /etc/dashboard, readOnly: true}
        {{- end }}
  volumes:
    - {name: tmp, emptyDir: {sizeLimit: 64Mi}}
    {{- if .catalog }}
    - {name: catalog, configMap: {name: {{ include "dashboard.catalogMap" .root }}}}
    {{- end }}
{{- end -}}
