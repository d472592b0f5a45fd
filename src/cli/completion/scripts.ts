/**
 * The completion scripts. They know nothing of the commands: each asks `breakout __complete SHELL -- …` with what stands
 * before the cursor, and shows what is answered (answer.ts).
 */

export type Shell = 'bash' | 'zsh' | 'fish';

const BASH = `# bash completion of breakout, made by \`breakout completion bash\`

_breakout() {
  local line kind=''
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ -z $kind ]]; then kind=$line; else COMPREPLY+=("$line"); fi
  done < <(command breakout __complete bash -- "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null </dev/null)
  case $kind in
    open) compopt -o nospace 2>/dev/null ;;
    # Bash completes paths best by itself; one that is too old to be told so (3.2) gets them as words.
    files) compopt -o default 2>/dev/null || _breakout_paths -f "$2" ;;
    folders) compopt -o dirnames 2>/dev/null || _breakout_paths -d "$2" ;;
  esac
  return 0
}

_breakout_paths() {
  local path
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen "$1" -- "$2")
}

complete -F _breakout breakout
`;

const ZSH = `#compdef breakout
# zsh completion of breakout, made by \`breakout completion zsh\`

_breakout() {
  local -a answer
  local kind head
  answer=("\${(@f)$(command breakout __complete zsh -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null </dev/null)}")
  kind=$answer[1] head=$answer[2]
  [[ -z $head ]] || compset -P "\${(b)head}" || return 1
  case $kind in
    files) _files ;;
    folders) _files -/ ;;
    open) shift 3 answer; _describe -t values value answer -S '' ;;
    words) shift 3 answer; _describe -t values value answer ;;
    *) return 1 ;;
  esac
}

# Read as a function of $fpath it is called at once; sourced, it announces itself.
if [[ \${funcstack[1]} == _breakout ]]; then
  _breakout "$@"
elif (( \${+functions[compdef]} )); then
  compdef _breakout breakout
else
  print -u2 'breakout: completion needs \`autoload -Uz compinit && compinit\` before it'
fi
`;

const FISH = `# fish completion of breakout, made by \`breakout completion fish\`

function __breakout_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l answer (command breakout __complete fish -- $words[2..-1] "$word" 2>/dev/null </dev/null)
    set -l head $answer[2]
    switch "$answer[1]"
        case files
            for path in (__fish_complete_path "$answer[3]")
                printf '%s%s\\n' "$head" $path
            end
        case folders
            for path in (__fish_complete_directories "$answer[3]" '')
                printf '%s%s\\n' "$head" $path
            end
        case words open
            for line in $answer[4..-1]
                printf '%s\\n' $line
            end
    end
end

complete -c breakout -f -a '(__breakout_complete)'
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
