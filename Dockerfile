# syntax=docker/dockerfile:1
# One image for every service: `docker run halflife collector|tracker|scorer|start`.
# The model is inside, so a container starts without network and with the same vectors everywhere. Beside the base image it
# holds 244 MB: 201 of packages, 41 of the model, 2 of our own.
ARG NODE_IMAGE=node:20.20.2-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No install script runs here or below: every native package brings its binary.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY libs libs
COPY services services
RUN npm run build

FROM ${NODE_IMAGE} AS runtime
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json ./
# Programs for other systems (72 MB) and for browsers (44 MB) come along with the model's packages, and other kinds of modules
# (12 MB) with OpenTelemetry's.
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force \
  && rm -rf node_modules/onnxruntime-node/bin/napi-v3/darwin node_modules/onnxruntime-node/bin/napi-v3/win32 \
    node_modules/@xenova/transformers/dist \
    node_modules/@opentelemetry/*/build/esm node_modules/@opentelemetry/*/build/esnext
COPY demo demo
COPY --from=build /app/dist dist

FROM runtime AS model
# Python with pip is one of the ways in which the model is fetched. Neither reaches the final image.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends python3 python3-pip \
  && rm -rf /var/lib/apt/lists/*
ENV HALFLIFE_CACHE=/opt/halflife/cache
RUN node dist/services/cli/main.js model

FROM runtime
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Halflife" \
  org.opencontainers.image.description="Decayed interest vectors from a stream of events, served as ranked items" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.base.name="docker.io/library/node"
# Process 1 must pass signals on and bury what the model's process leaves behind; Node does neither.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends tini \
  && rm -rf /var/lib/apt/lists/*
ENV HALFLIFE_CACHE=/opt/halflife/cache \
  DATA_DIR=/var/lib/halflife \
  HOST=0.0.0.0 \
  PORT=8080
COPY --from=model --chown=node:node /opt/halflife/cache /opt/halflife/cache
RUN install --directory --owner=node --group=node /var/lib/halflife
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# A larger young generation than Node's: what a batch or an answer needs is gone before it is collected; and nothing is made
# in the old one in advance (docs/performance.md).
# Writes nothing but DATA_DIR (when nothing but the embedded log and store are used) and /tmp: run it read-only.
ENTRYPOINT ["tini", "--", "node", "--max-semi-space-size=64", "--no-allocation-site-pretenuring", "dist/services/cli/main.js"]
CMD ["start"]
