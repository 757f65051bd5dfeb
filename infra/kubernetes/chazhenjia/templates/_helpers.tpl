{{- define "czj.image" -}}
{{- if .Values.image.digest -}}{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{- end -}}
{{- end }}

{{- define "czj.labels" -}}
app.kubernetes.io/name: chazhenjia
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "czj.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{- define "czj.container" -}}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- define "czj.secret" -}}
{{- /* a list: the root, and the names of the keys */ -}}
{{- $root := index . 0 -}}
- name: secrets
  secret:
    secretName: {{ $root.Values.secret.name }}
    defaultMode: 0440
    items:
{{- range index . 1 }}
      - {key: {{ . }}, path: {{ . }}}
{{- end }}
{{- end }}

{{- define "czj.owner" -}}
- {name: SECRETS_DIR, value: /run/secrets}
- name: DATABASE_PREFIX
  valueFrom: {configMapKeyRef: {name: {{ .Release.Name }}-settings, key: DATABASE_PREFIX}}
{{- end }}

{{- define "czj.ownerMounts" -}}
- {name: tmp, mountPath: /tmp}
- {name: var, mountPath: /var/lib/chazhenjia}
- {name: logins, mountPath: /etc/pgbouncer/logins}
- {name: secrets, mountPath: /run/secrets, readOnly: true}
{{- end }}
