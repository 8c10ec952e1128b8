// Prints the access key ID that the AWS SDK for Go v1 finds, or minio-go with the argument "minio".
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

func main() {
	keyID, err := sdkKeyID()
	if len(os.Args) > 1 && os.Args[1] == "minio" {
		keyID, err = minioKeyID()
	}
	if err != nil {
		panic(err)
	}
	fmt.Println(keyID)
}

func sdkKeyID() (string, error) {
	value, err := session.Must(session.NewSession()).Config.Credentials.Get()
	return value.AccessKeyID, err
}

// minioKeyID uses the chain of minio-go's documentation.
func minioKeyID() (string, error) {
	chain := credentials.NewChainCredentials([]credentials.Provider{
		&credentials.EnvAWS{},
		&credentials.FileAWSCredentials{},
		&credentials.IAM{},
	})
	value, err := chain.GetWithContext(nil)
	return value.AccessKeyID, err
}
