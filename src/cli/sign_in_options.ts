/** The options of `login` that say how to sign in. */
import type { SignInOptions } from "../login/sign_in.ts";
import type { CommandOptions } from "./args/options.ts";
import { portOption } from "./args/port_option.ts";

/** @throws RolecallError `invalid-option`. */
export function signInOptions(options: CommandOptions): SignInOptions {
  return {
    opensBrowser: !options.switch("no-browser"),
    useDeviceCode: options.switch("use-device-code"),
    isRemote: options.switch("remote"),
    callbackPort: portOption(options.text("callback-port"), 1),
    isForced: options.switch("force"),
  };
}
