# The site: built with Node, served as plain files.
FROM node:latest AS build
WORKDIR /site
COPY . .
RUN npm ci
RUN npm run build

FROM nginx
RUN apt-get update && apt-get install -y curl vim
COPY --from=build /site/dist /usr/share/nginx/html
# lightship: ignore[root-user] the master process opens port 80, its workers run as nginx
CMD nginx -g "daemon off;"
