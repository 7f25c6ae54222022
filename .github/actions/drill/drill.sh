#!/usr/bin/env bash
# Runs drills on a machine that is thrown away, and collects what a CI shows of
# them. The Action (action.yml) and the GitLab template call nothing else; it is
# the same on a desk:
#
#   MAILDRILL_SCENARIOS=drills/ sh .github/actions/drill/drill.sh
#
# Without an argument all steps are taken; each can be taken alone:
#
#   prepare  build maildrill, or find it
#   images   read the server images from the cache, or make them and save them
#   run      run the drills, and keep their exit code for later
#   report   join their reports, and show them
#   end      exit as the drills did: 3 is a warning if that was asked for, and
#            nothing else ever is
#
# Settings, from the environment:
#
#   MAILDRILL_SCENARIOS           files, folders or names of the library, by white space
#   MAILDRILL_SUITE               a suite (`maildrill list suites`): of the library, or of
#                                 the scenarios if there are any; judged as they declare
#   MAILDRILL_SHARD               2/5: the second of five parts, each on a machine of its own.
#                                 Default: as GitLab's `parallel` says, else the whole
#   MAILDRILL_JOBS                drills at the same time: a number (default 1), or auto
#   MAILDRILL_RUNTIME             docker (default) or embedded
#   MAILDRILL_ARGUMENTS           more arguments of `maildrill run`, by white space
#   MAILDRILL_OUT                 folder of all results (default maildrill-results)
#   MAILDRILL_PROGRAM             maildrill; empty: it is built
#   MAILDRILL_SOURCE              where from (default: where this script is)
#   MAILDRILL_CACHE               true (default): keep the images in MAILDRILL_ARCHIVE
#   MAILDRILL_ARCHIVE             default: maildrill-images.tar.gz in the folder above
#   MAILDRILL_REGISTER, MAILDRILL_KEY
#                                 run register and signing key: `maildrill run --help`
#   MAILDRILL_ALLOW_INCONCLUSIVE  true: exit code 3 is a warning (default false)
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@"
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
scenarios=${MAILDRILL_SCENARIOS:-}
suite=${MAILDRILL_SUITE:-}
shard=${MAILDRILL_SHARD:-}
jobs=${MAILDRILL_JOBS:-}
runtime=${MAILDRILL_RUNTIME:-docker}
out=${MAILDRILL_OUT:-maildrill-results}
source=${MAILDRILL_SOURCE:-$here/../../..}
cache=${MAILDRILL_CACHE:-true}
archive=${MAILDRILL_ARCHIVE:-$out/maildrill-images.tar.gz}
allow_inconclusive=${MAILDRILL_ALLOW_INCONCLUSIVE:-false}

if [ -z "$shard" ] && [ "${CI_NODE_TOTAL:-1}" -gt 1 ]; then shard=${CI_NODE_INDEX:-}/$CI_NODE_TOTAL; fi

say() { printf '%s\n' "$*" >&2; }

# warn and fail show beside the job where the CI can do that.
warn() { if [ "${GITHUB_ACTIONS:-}" = true ]; then printf '::warning title=maildrill::%s\n' "$*"; else say "warning: $*"; fi; }
fail() {
  local code=$1
  shift
  if [ "${GITHUB_ACTIONS:-}" = true ]; then printf '::error title=maildrill::%s\n' "$*"; else say "error: $*"; fi
  exit "$code"
}

# tell hands a value to the steps that follow in GitHub Actions.
tell() { if [ -n "${GITHUB_OUTPUT:-}" ]; then printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; fi; }

# true_or_false refuses what is neither: a typing mistake must not turn a
# failure into a warning, nor go unnoticed.
true_or_false() { case $2 in true | false) ;; *) fail 64 "$1 is \"$2\": say true or false" ;; esac; }
true_or_false MAILDRILL_ALLOW_INCONCLUSIVE "$allow_inconclusive"
true_or_false MAILDRILL_CACHE "$cache"

maildrill() { "$(cat "$out/.maildrill")" "$@"; }

prepare() {
  mkdir -p "$out"
  local binary=${MAILDRILL_PROGRAM:-}
  if [ -z "$binary" ] && [ -f "$source/cmd/maildrill/main.go" ] && command -v go >/dev/null; then
    binary=$out/bin/maildrill
    say "building maildrill"
    mkdir -p "$out/bin"
    local into
    into=$(cd "$out/bin" && pwd)
    local stamp
    stamp=$(git -C "$source" describe --tags --always --dirty 2>/dev/null || echo dev)
    (cd "$source" && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$stamp" -o "$into/maildrill" ./cmd/maildrill) ||
      fail 6 "maildrill could not be built from $source"
  fi
  if [ -z "$binary" ]; then
    binary=$(command -v maildrill) || fail 6 "no maildrill: set MAILDRILL_PROGRAM, or install Go so that it can be built from $source"
  fi
  case $binary in */*) ;; *) binary=$(command -v "$binary") || fail 6 "there is no $MAILDRILL_PROGRAM" ;; esac
  [ -x "$binary" ] || fail 6 "$binary cannot be run"
  binary=$(cd "$(dirname "$binary")" && pwd)/$(basename "$binary")
  printf '%s\n' "$binary" >"$out/.maildrill"
  maildrill version >&2
  # Images are made anew each month, for the updates of what is in them.
  tell images-key "maildrill-images-$(maildrill images key)-$(date -u +%Y-%m)"
  tell archive "$archive"
}

images() {
  if [ "$runtime" != docker ] || [ "$cache" != true ]; then
    return
  fi
  if [ -f "$archive" ]; then
    if maildrill images load "$archive"; then
      return
    fi
    warn "the archive of images does not serve; they are made anew"
    rm -f "$archive"
  fi
  maildrill images save "$archive" || warn "the images could not be saved; the drills make those that they need"
}

# What the drills print may hold what a server or a message says: GitHub must not
# take a line of it for a command.
muted() {
  if [ "${GITHUB_ACTIONS:-}" != true ]; then
    "$@"
    return
  fi
  local token code=0
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$token"
  "$@" 2>&1 || code=$?
  printf '\n::%s::\n' "$token"
  return "$code"
}

run() {
  local args=(--runtime "$runtime" --out "$out/runs" --summary "$out") words=() code=0
  [ -z "$suite" ] || args+=(--suite "$suite")
  [ -z "$shard" ] || args+=(--shard "$shard")
  [ -z "$jobs" ] || args+=(--jobs "$jobs")
  read -r -d '' -a words <<<"${MAILDRILL_ARGUMENTS:-}" || true
  args+=(${words[@]+"${words[@]}"})
  read -r -d '' -a words <<<"$scenarios" || true
  [ -n "$suite" ] || [ ${#words[@]} -gt 0 ] || fail 64 "MAILDRILL_SCENARIOS is empty: name a file, a folder or a scenario of the library"
  rm -f "$out/exit-code" "$out/index.html" "$out/suite.json"
  touch "$out/.began"
  muted maildrill run "${args[@]}" -- ${words[@]+"${words[@]}"} || code=$?
  printf '%s\n' "$code" >"$out/exit-code"
  tell exit-code "$code"
}

# places are the scenario files among what was run: the lines that annotations
# are about.
places() {
  local words=() word
  read -r -d '' -a words <<<"$scenarios" || true
  for word in ${words[@]+"${words[@]}"}; do
    if [ -e "$word" ]; then printf '%s\n' "--scenarios=$word"; fi
  done
}

# report joins what this call has run; other runs may lie beside them. A run of
# maildrill that came to its end has done so itself, but for the annotations: this
# is for one that did not, too.
report() {
  local runs=() folder word
  for folder in "$out"/runs/*/; do
    if [ "$folder/record.json" -nt "$out/.began" ]; then
      runs+=("$folder")
    elif [ "$folder/events.jsonl" -nt "$out/.began" ]; then
      warn "$(basename "$folder") has no record: it did not come to its end"
    fi
  done
  rm -f "$out/summary.md" "$out/report-failed"
  if [ ${#runs[@]} = 0 ]; then
    printf '# Mail drills: no run has a record\n\nNothing was shown. The job log says why.\n' >"$out/summary.md"
  else
    local args=()
    [ -z "$suite" ] || args+=(--as-declared)
    while read -r word; do args+=("$word"); done < <(places)
    maildrill report "${runs[@]}" ${args[@]+"${args[@]}"} --format junit,markdown,openmetrics,annotations -o "$out/" || touch "$out/report-failed"
  fi
  show
}

# show hands the reports to the CI that it runs in.
show() {
  if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$out/summary.md" ]; then cat "$out/summary.md" >>"$GITHUB_STEP_SUMMARY"; fi
  if [ "${GITHUB_ACTIONS:-}" = true ] && [ -f "$out/annotations.txt" ]; then cat "$out/annotations.txt"; fi
  if [ "${GITLAB_CI:-}" = true ] && [ -n "${CI_JOB_URL:-}" ]; then links >"$out/links.json"; fi
}

# links lead from a job of GitLab's to its summary and to the page of each run.
links() {
  local at=$CI_JOB_URL/artifacts/file/$out folder name
  printf '{"maildrill": [\n  {"external_link": {"label": "Mail drills: summary", "url": "%s/summary.md"}}' "$at"
  if [ -f "$out/index.html" ]; then
    printf ',\n  {"external_link": {"label": "Mail drills: all runs", "url": "%s/index.html"}}' "$at"
  fi
  for folder in "$out"/runs/*/; do
    name=$(basename "$folder")
    case $name in *[!A-Za-z0-9._-]*) continue ;; esac
    if [ -f "$folder/report.html" ]; then
      printf ',\n  {"external_link": {"label": "%s", "url": "%s/runs/%s/report.html"}}' "$name" "$at" "$name"
    fi
  done
  printf '\n]}\n'
}

meaning() {
  case $1 in
    0) echo "passed" ;;
    1) echo "an objective was missed, or a run did not end as declared" ;;
    3) echo "inconclusive: something was not proven" ;;
    4) echo "aborted" ;;
    5) echo "DIRTY: clean-up could not be proven" ;;
    6) echo "the environment lacked something" ;;
    64 | 65) echo "nothing was started: the call or a scenario is wrong" ;;
    *) echo "a defect of maildrill or of this script" ;;
  esac
}

end() {
  [ -f "$out/exit-code" ] || fail 70 "no drill was run"
  local code
  code=$(cat "$out/exit-code")
  case $code in
    0) [ ! -f "$out/report-failed" ] || fail 70 "the drills passed, but their reports could not be made" ;;
    3) if [ "$allow_inconclusive" = true ]; then
      warn "exit code 3, $(meaning 3); a warning by MAILDRILL_ALLOW_INCONCLUSIVE"
      exit 0
    fi ;;
  esac
  [ "$code" = 0 ] || fail "$code" "exit code $code: $(meaning "$code")"
  say "exit code 0: $(meaning 0)"
}

[ $# -gt 0 ] || set -- prepare images run report end
for step in "$@"; do
  case $step in
    prepare | images | run | report | end) "$step" ;;
    *) fail 64 "no step is called $step: prepare, images, run, report, end" ;;
  esac
done
