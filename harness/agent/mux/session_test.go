package mux_test

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"maildrill/harness/agent/mux"
)

// pair joins two sessions in memory.
func pair(t *testing.T, handle mux.Handler) (client *mux.Session, served <-chan error) {
	t.Helper()
	here, there := net.Pipe()
	client, err := mux.Dial(here)
	if err != nil {
		t.Fatal(err)
	}
	server, err := mux.Accept(there)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(t.Context(), handle) }()
	t.Cleanup(func() { _ = client.Close() })
	return client, done
}

func TestCallCarriesBodiesAndFailures(t *testing.T) {
	client, _ := pair(t, func(_ context.Context, q mux.Question) {
		switch q.Verb {
		case "double":
			var n int
			err := q.Decode(&n)
			_ = q.Answer(2*n, err)
		case "refuse":
			_ = q.Answer(nil, &mux.Failure{Code: "refused", Text: "no"})
		}
	})
	var n int
	if err := client.Call(t.Context(), "double", 21, &n); err != nil || n != 42 {
		t.Errorf("double 21 = %d, %v; want 42", n, err)
	}
	if err := client.Call(t.Context(), "double", "text", &n); err == nil {
		t.Error("a body of the wrong type was accepted")
	}
	var f *mux.Failure
	if err := client.Call(t.Context(), "refuse", nil, nil); !errors.As(err, &f) || f.Code != "refused" {
		t.Errorf("refuse = %v, want a failure with code refused", err)
	}
	if err := client.Call(t.Context(), "silence", nil, nil); !errors.Is(err, mux.ErrClosed) {
		t.Errorf("a question without an answer = %v, want ErrClosed", err)
	}
}

func TestCallEndsWithItsContext(t *testing.T) {
	client, _ := pair(t, func(ctx context.Context, _ mux.Question) { <-ctx.Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := client.Call(ctx, "wait", nil, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("call past its deadline = %v", err)
	}
}

func TestEndIsNoticedOnBothSides(t *testing.T) {
	handling := make(chan struct{})
	client, served := pair(t, func(ctx context.Context, _ mux.Question) {
		close(handling)
		<-ctx.Done()
	})
	go func() { _ = client.Call(context.Background(), "wait", nil, nil) }()
	<-handling
	_ = client.Close()
	select {
	case err := <-served:
		if !errors.Is(err, mux.ErrClosed) {
			t.Errorf("serve = %v, want ErrClosed", err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("the serving side did not notice the end")
	}
	if err := client.Call(t.Context(), "late", nil, nil); !errors.Is(err, mux.ErrClosed) {
		t.Errorf("call after the end = %v, want ErrClosed", err)
	}
}

func TestStreamGoesOnAfterItsAnswer(t *testing.T) {
	client, _ := pair(t, func(_ context.Context, q mux.Question) {
		if q.Answer(nil, nil) == nil {
			_, _ = io.Copy(q.Stream, q.Stream)
		}
	})
	stream, err := client.Stream(t.Context(), "echo", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	if _, err := stream.Write([]byte("EHLO")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 4)
	if _, err := io.ReadFull(stream, got); err != nil || string(got) != "EHLO" {
		t.Errorf("echo = %q, %v", got, err)
	}
}
