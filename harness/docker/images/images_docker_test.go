package images_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"

	"maildrill/harness/docker/images"
)

// needEngine skips unless the tests of real containers were asked for.
func needEngine(t *testing.T) *client.Client {
	t.Helper()
	if os.Getenv("MAILDRILL_TEST_DOCKER") == "" {
		t.Skip("MAILDRILL_TEST_DOCKER is not set: real images are NOT built")
	}
	cli, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cli.Ping(t.Context()); err != nil {
		t.Fatalf("MAILDRILL_TEST_DOCKER is set, but no engine answers: %v", err)
	}
	t.Cleanup(func() { _ = cli.Close() })
	return cli
}

func TestEnsure(t *testing.T) {
	cli := needEngine(t)
	var first map[string]images.Image
	for _, round := range []string{"build", "again"} {
		began := time.Now()
		made, err := images.Ensure(t.Context(), cli, images.Kinds(), func(s string) { t.Log(s) })
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %v", round, time.Since(began).Round(time.Millisecond))
		for _, kind := range images.Kinds() {
			if i := made[kind]; i.Ref == "" || i.ID == "" || first != nil && i != first[kind] {
				t.Errorf("%s of %s = %+v, before %+v", round, kind, i, first[kind])
			}
		}
		first = made
	}
	if _, err := images.Ensure(t.Context(), cli, []string{"sendmail"}, nil); err == nil {
		t.Error("an unknown kind is no error")
	}
	if err := images.EnsureBase(t.Context(), cli, func(s string) { t.Log(s) }); err != nil {
		t.Fatal(err)
	}
	if _, err := cli.ImageInspect(t.Context(), images.Base); err != nil {
		t.Errorf("the base, for nodes with programs of their own: %v", err)
	}
}

func TestAgent(t *testing.T) {
	cli := needEngine(t)
	dir := t.TempDir()
	source, path := filepath.Join(dir, "main.go"), filepath.Join(dir, "agent")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() { println(\"agent\") }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	compile := exec.Command("go", "build", "-trimpath", "-o", path, source)
	compile.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	made, err := images.Agent(t.Context(), cli, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := cli.ImageRemove(context.Background(), made.Ref, image.RemoveOptions{}); err != nil {
			t.Error(err)
		}
	})
	again, err := images.Agent(t.Context(), cli, path)
	if err != nil || again != made || made.ID == "" {
		t.Errorf("agent = %+v, again %+v, %v", made, again, err)
	}
	i, err := cli.ImageInspect(t.Context(), made.Ref)
	if err != nil || len(i.Config.Entrypoint) != 1 || i.Config.Entrypoint[0] != "/maildrill" || i.Config.Labels["maildrill"] != "image" {
		t.Errorf("image = %+v, %v", i.Config, err)
	}
}

func TestSaveAndLoad(t *testing.T) {
	cli := needEngine(t)
	made, err := images.Ensure(t.Context(), cli, images.Kinds(), func(s string) { t.Log(s) })
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	if err := images.Save(t.Context(), cli, &archive); err != nil {
		t.Fatal(err)
	}
	t.Logf("archive: %d MB", archive.Len()>>20)
	if err := images.Load(t.Context(), cli, &archive); err != nil {
		t.Fatal(err)
	}
	listed, err := images.List(t.Context(), cli)
	if err != nil {
		t.Fatal(err)
	}
	for kind, want := range made {
		if !slices.Contains(listed, want) {
			t.Errorf("image of %s, %+v, is not in %+v", kind, want, listed)
		}
	}
}
