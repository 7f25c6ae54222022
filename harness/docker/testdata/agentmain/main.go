// Command agentmain is the agent alone, and a small mail-like server, for the
// tests of package docker:
//
//	agentmain agent ROLE             the agent
//	agentmain greet TEXT PORT...     greets every connection; has a child called "minion"
//	agentmain minion                 waits
//	agentmain cat FILE               prints a file
//	agentmain lookup NAME            prints the addresses of a name
//	agentmain dial ADDRESS           prints what a server greets with
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"

	"maildrill/harness/agent"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) < 1 {
		return errors.New("no command")
	}
	switch args[0] {
	case "agent":
		return agent.Main(ctx, args[1:], os.Stdin, os.Stdout, os.Stderr)
	case "greet":
		return greet(ctx, args[1], args[2:])
	case "minion":
		<-ctx.Done()
		return nil
	case "cat":
		b, err := os.ReadFile(args[1])
		fmt.Print(string(b))
		return err
	case "lookup":
		addrs, err := (&net.Resolver{PreferGo: true}).LookupHost(ctx, args[1])
		fmt.Println(strings.Join(addrs, " "))
		return err
	case "dial":
		return dial(args[1])
	}
	return fmt.Errorf("unknown command %q", args[0])
}

func greet(ctx context.Context, text string, ports []string) error {
	minion := exec.CommandContext(ctx, os.Args[0], "minion")
	minion.Args[0] = "minion"
	minion.Args = []string{"minion", "minion"}
	if err := minion.Start(); err != nil {
		return err
	}
	fmt.Println("greeting as", text)
	for _, port := range ports {
		l, err := net.Listen("tcp", ":"+port)
		if err != nil {
			return err
		}
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					_, _ = fmt.Fprintf(c, "%s\r\n", text)
					_, _ = io.Copy(io.Discard, c)
					_ = c.Close()
				}()
			}
		}()
	}
	<-ctx.Done()
	return nil
}

func dial(address string) error {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer c.Close()
	b, err := io.ReadAll(c)
	fmt.Print(string(b))
	return err
}
