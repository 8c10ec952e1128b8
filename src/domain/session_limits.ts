/** The limits of AWS for the duration of a session, in seconds. */

/** AssumeRole and AssumeRoleWithWebIdentity, and a console session. The role itself may have a lower maximum. */
export const MIN_SESSION_SECONDS = 900;
export const MAX_SESSION_SECONDS = 43_200;

/** A role that is assumed with the credentials of another role ("role chaining" in the IAM user guide). */
export const MAX_CHAINED_SESSION_SECONDS = 3600;

/** GetSessionToken for an IAM user. */
export const MIN_MFA_SESSION_SECONDS = 900;
export const MAX_MFA_SESSION_SECONDS = 129_600;
