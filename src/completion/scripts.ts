/**
 * The completion scripts. Each asks the program, with the words that were typed, and gets a line that says what kind of
 * answer follows, then a candidate a line. What comes back is data: no script evaluates any of it.
 */
import type { SHELLS } from "../domain/option_table.ts";

export type Shell = (typeof SHELLS)[number];

/** The first line of an answer is `names`, `files PREFIX` or `command N`. */
const BASH = `# rolecall's completion for bash. To load it, put this line into ~/.bashrc:
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

# Completes the command of exec, which begins at character $1 of the line, as if it stood alone.
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
# rolecall's completion for zsh. To load it, put this line into ~/.zshrc, after compinit:
#   source <(rolecall completion zsh)

_rolecall() {
  local kind line
  local -a answer values shown typed
  typed=()
  (( CURRENT > 2 )) && typed=("\${(@Q)words[2,CURRENT-1]}")
  answer=("\${(@f)$(command rolecall completion __complete zsh -- "\${typed[@]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  kind=\${answer[1]}
  case $kind in
    names)
      for line in "\${(@)answer[2,-1]}"; do
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

const FISH = String.raw`# rolecall's completion for fish. To load it:
#   rolecall completion fish >~/.config/fish/completions/rolecall.fish

function __rolecall_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    # Variables before the command are words to fish.
    while set -q typed[1]; and string match -qr '^[A-Za-z_]\w*=' -- $typed[1]
        set -e typed[1]
    end
    set -e typed[1]
    set -l answer (command rolecall completion __complete fish -- $typed "$current" 2>/dev/null)
    set -l kind $answer[1]
    set -e answer[1]
    switch "$kind"
        case names
            string join \n -- $answer
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
