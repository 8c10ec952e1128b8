/**
 * The completion scripts. Each script runs rolecall with the words that were typed. The response is a line with the kind
 * of completion, then one candidate a line. The scripts treat the response as data and never evaluate it.
 */
import type { SHELLS } from "../domain/option_table.ts";

export type Shell = (typeof SHELLS)[number];

/** The first line of a response is `names`, `files PREFIX` or `command N`. */
const BASH = `# Completion for rolecall in bash. To load it, add this line to ~/.bashrc:
#   source <(rolecall completion bash)

_rolecall() {
  local kind= candidate
  COMPREPLY=()
  while IFS= read -r candidate; do
    if [[ -z $kind ]]; then kind=$candidate; else COMPREPLY+=("$candidate"); fi
  done <<<"$(command rolecall completion __complete bash -- "$COMP_WORDBREAKS" "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)"
  case $kind in
    files*) compopt -o default 2>/dev/null ;;
    command*) _rolecall_command "\${kind#command }" ;;
  esac
}

# Completes the command of exec, which starts at character $1 of the line, like any other command.
_rolecall_command() {
  local rest=$COMP_LINE at=0 i before candidate
  for ((i = 0; i < COMP_CWORD; i++)); do
    before=\${rest%%"\${COMP_WORDS[i]}"*}
    if ((at + \${#before} >= $1)); then break; fi
    at=$((at + \${#before} + \${#COMP_WORDS[i]}))
    rest=\${rest:\${#before} + \${#COMP_WORDS[i]}}
  done
  if ((i < COMP_CWORD)); then
    if declare -F _comp_command_offset >/dev/null; then
      _comp_command_offset "$i"
    elif declare -F _command_offset >/dev/null; then
      _command_offset "$i"
    else
      compopt -o default 2>/dev/null
    fi
  elif [[ \${COMP_WORDS[i]} == */* ]]; then
    compopt -o default 2>/dev/null
  else
    while IFS= read -r candidate; do
      COMPREPLY+=("$candidate")
    done <<<"$(compgen -c -- "\${COMP_WORDS[i]}")"
  fi
}

complete -F _rolecall rolecall
`;

const ZSH = `#compdef rolecall
# Completion for rolecall in zsh. To load it, add this line to ~/.zshrc, after compinit:
#   source <(rolecall completion zsh)

_rolecall() {
  local kind line
  local -a response values shown typed
  typed=()
  (( CURRENT > 2 )) && typed=("\${(@Q)words[2,CURRENT-1]}")
  response=("\${(@f)$(command rolecall completion __complete zsh -- "\${typed[@]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  kind=\${response[1]}
  case $kind in
    names)
      for line in "\${(@)response[2,-1]}"; do
        values+=("\${line%%$'\\t'*}")
        shown+=("\${line/$'\\t'/  -- }")
      done
      compadd -l -d shown -- "\${values[@]}"
      ;;
    files*)
      compset -P '--*='
      _files
      ;;
    command*)
      shift $(( \${kind#command } + 1 )) words
      (( CURRENT -= \${kind#command } + 1 ))
      _normal
      ;;
  esac
}

if [[ $funcstack[1] == _rolecall ]]; then
  _rolecall "$@"
else
  compdef _rolecall rolecall
fi
`;

const FISH = String.raw`# Completion for rolecall in fish. To load it, run:
#   rolecall completion fish >~/.config/fish/completions/rolecall.fish

function __rolecall_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    # Remove assignments before the command, which fish counts as words.
    while set -q typed[1]; and string match -qr '^[A-Za-z_]\w*=' -- $typed[1]
        set -e typed[1]
    end
    set -e typed[1]
    set -l response (command rolecall completion __complete fish -- $typed "$current" 2>/dev/null)
    set -l kind $response[1]
    set -e response[1]
    switch "$kind"
        case names
            string join \n -- $response
        case 'files*'
            set -l prefix (string replace -r '^files ?' '' -- $kind)
            set -l length (math (string length -- "$prefix") + 1)
            for path in (__fish_complete_path (string sub -s $length -- "$current"))
                echo -- $prefix$path
            end
        case 'command*'
            set -l from (math (string replace 'command ' '' -- $kind) + 1)
            set -l line
            if test $from -le (count $typed)
                set line (string escape -- $typed[$from..-1])
            end
            complete -C (string join ' ' -- $line "$current")
    end
end

complete -c rolecall -f -a '(__rolecall_complete)'
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
