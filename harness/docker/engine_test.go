package docker

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"maildrill/harness/topology"
)

// stub is an engine that speaks only API 1.44 and later, as Engine 29 does.
func stub(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Api-Version", "1.52")
		version, path, versioned := strings.Cut(strings.TrimPrefix(r.URL.Path, "/v"), "/")
		switch {
		case r.URL.Path == "/_ping" || path == "_ping":
		case !versioned || len(version) != len("1.44") || version < "1.44":
			http.Error(w, `{"message":"client version is too old. Minimum supported API version is 1.44"}`, http.StatusBadRequest)
		case path == "info":
			_ = json.NewEncoder(w).Encode(map[string]string{"ID": "stub", "ServerVersion": "29.0.0"})
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func TestConnectNegotiates(t *testing.T) {
	t.Setenv("DOCKER_HOST", strings.Replace(stub(t).URL, "http://", "tcp://", 1))
	cli, info, err := connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer cli.Close()
	if info.ServerVersion != "29.0.0" {
		t.Errorf("info = %+v", info)
	}
}

func TestConnectSaysWhatToDo(t *testing.T) {
	for _, host := range []string{"tcp://127.0.0.1:1", "unix:///nowhere/docker.sock", "gopher://x"} {
		t.Setenv("DOCKER_HOST", host)
		_, _, err := connect(t.Context())
		var u *topology.Unavailable
		if !errors.As(err, &u) || !errors.Is(err, topology.ErrUnavailable) || !strings.Contains(u.Remedy, "DOCKER_HOST") {
			t.Errorf("connect to %s = %v, want ErrUnavailable with a remedy", host, err)
		}
	}
}

func TestSocketPath(t *testing.T) {
	t.Setenv("MAILDRILL_ENGINE_SOCKET", "")
	if got := socketPath(""); got != "/var/run/docker.sock" {
		t.Errorf("default = %s", got)
	}
	t.Setenv("MAILDRILL_ENGINE_SOCKET", "/run/user/1000/docker.sock")
	if got := socketPath(""); got != "/run/user/1000/docker.sock" {
		t.Errorf("from the environment = %s", got)
	}
	if got := socketPath("/x"); got != "/x" {
		t.Errorf("configured = %s", got)
	}
}
