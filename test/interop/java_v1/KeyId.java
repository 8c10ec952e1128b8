/** Prints the access key ID that the AWS SDK for Java v1 finds. */
import com.amazonaws.auth.DefaultAWSCredentialsProviderChain;

class KeyId {
    public static void main(String[] args) {
        System.out.println(DefaultAWSCredentialsProviderChain.getInstance().getCredentials().getAWSAccessKeyId());
    }
}
