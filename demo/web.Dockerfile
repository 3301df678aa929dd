# The site: built with Node, served as plain files.
FROM node:latest AS build
WORKDIR /site
COPY . .
RUN npm ci
RUN npm run build

# lightship: ignore[untagged-base] our mirror serves one version, which the platform team raises
FROM nginx
RUN apt-get update && apt-get install -y curl vim
COPY --from=build /site/dist /usr/share/nginx/html
CMD nginx -g "daemon off;"
