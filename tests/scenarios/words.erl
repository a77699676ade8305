%% What the BEAM's terms are in the words of a scenario, and what its words stand for here.
-module(words).
-export([
    pids/1, pid/2, ref/2, new_ref/3, name/2, place/2, who/2, message/2, reason/2, term/1, short/1
]).

pids(#{table := Table}) ->
    [{Name, Pid} || {{pid, Name}, Pid} <- ets:match_object(Table, {{pid, '_'}, '_'})].

pid(Name, #{table := Table}) -> ets:lookup_element(Table, {pid, Name}, 2).
ref(Name, #{table := Table}) -> ets:lookup_element(Table, {ref, Name}, 2).

new_ref(Name, Ref, #{table := Table}) -> ets:insert(Table, {{ref, Name}, Ref}).

%% Names of processes and groups are the whole node's: each scenario has its own.
name(Name, #{number := Number}) -> list_to_atom(io_lib:format("~b ~s", [Number, Name])).

short(Name) -> tl(string:find(atom_to_list(Name), " ")).

place(#{name := Name}, Context) -> name(Name, Context);
place(#{alias := Name}, Context) -> ref(Name, Context);
place(Name, Context) -> pid(Name, Context).

who(undefined, _) -> "nobody";
who(Pid, #{table := Table}) ->
    case ets:match(Table, {{pid, '$1'}, Pid}) of
        [[Name]] -> atom_to_list(Name);
        [] -> "?"
    end.

which(Ref, #{table := Table}) ->
    case ets:match(Table, {{ref, '$1'}, Ref}) of
        [[Name] | _] -> atom_to_list(Name);
        [] -> "?"
    end.

message({'EXIT', Pid, Reason}, Context) when is_pid(Pid) ->
    ["EXIT ", who(Pid, Context), $\s, reason(Reason, Context)];
message({Tag, Ref, process, Object, Reason}, #{table := Table} = Context) ->
    Shown = case ets:member(Table, {by_name, Ref}) of
        true -> [];
        false -> [who(Object, Context), $\s]
    end,
    [term(Tag), $\s, which(Ref, Context), $\s, Shown, reason(Reason, Context)];
message({timeout, Ref, Body}, Context) -> ["timeout ", which(Ref, Context), $\s, term(Body)];
message({Ref, Body}, Context) when is_reference(Ref) -> [which(Ref, Context), ": ", term(Body)];
message(Body, _) -> term(Body).

reason({{nocatch, Value}, Stack}, _) when is_list(Stack) -> ["nocatch ", term(Value)];
reason({Why, [{_, _, _, _} | _]}, _) -> ["error ", term(Why)];
reason(Reason, _) -> term(Reason).

term(List) when is_list(List) -> [$[, lists:join(", ", [term(Item) || Item <- List]), $]];
term(Atom) when is_atom(Atom) -> atom_to_list(Atom);
term(Term) -> io_lib:format("~w", [Term]).
