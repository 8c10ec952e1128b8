// Runs a command with the credentials of a profile: what one would write over the AWS SDK for Go.
//
// Usage: rolecall-bench PROFILE COMMAND [ARGUMENT...]
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
)

// Variables that the command must not inherit.
var replaced = []string{
	"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION",
	"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION",
}

func run(profile string, command []string) error {
	ctx := context.Background()
	loaded, err := config.LoadDefaultConfig(ctx, config.WithSharedConfigProfile(profile))
	if err != nil {
		return err
	}
	keys, err := loaded.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	file, err := exec.LookPath(command[0])
	if err != nil {
		return err
	}
	environment := slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains(replaced, name)
	})
	set := func(name, value string) {
		if value != "" {
			environment = append(environment, name+"="+value)
		}
	}
	set("AWS_ACCESS_KEY_ID", keys.AccessKeyID)
	set("AWS_SECRET_ACCESS_KEY", keys.SecretAccessKey)
	set("AWS_SESSION_TOKEN", keys.SessionToken)
	set("AWS_REGION", loaded.Region)
	set("AWS_DEFAULT_REGION", loaded.Region)
	if keys.CanExpire {
		set("AWS_CREDENTIAL_EXPIRATION", keys.Expires.UTC().Format(time.RFC3339))
	}
	return syscall.Exec(file, command, environment)
}

func main() {
	err := errors.New("usage: rolecall-bench PROFILE COMMAND [ARGUMENT...]")
	if len(os.Args) > 2 {
		err = run(os.Args[1], os.Args[2:])
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
