%% The trace, who is who in it, and how terms read in it.
-module(words).
-export([open/1, close/0, called/2, born/1, born/2, watch/2, watched/1, pid/1, target/1]).
-export([line/3, take/0, term/1, reason/1, message/1, keep/2, kept/1, to_reason/1]).

open(Driver) ->
    ?MODULE = ets:new(?MODULE, [named_table, public, ordered_set]),
    ets:insert(?MODULE, {driver, Driver}).

close() -> ets:delete(?MODULE).

keep(Key, Value) -> ets:insert(?MODULE, {{kept, Key}, Value}).
kept(Key) -> ets:lookup_element(?MODULE, {kept, Key}, 2).

called(Name, Pid) -> ets:insert(?MODULE, [{{pid, Name}, Pid}, {{name, Pid}, Name}]).

%% A process that is to be seen says so before it does anything: `c`, and `c.2` in its second life.
born(Name) -> put(label, born(Name, self())).

%% A supervisor is seen by its children's starts, or when it is up.
born(Name, Pid) ->
    case ets:lookup(?MODULE, {name, Pid}) of
        [{_, Label}] -> Label;
        [] ->
            Life = ets:update_counter(?MODULE, {lives, Name}, 1, {{lives, Name}, 0}),
            Label = label(Name, Life),
            called(Name, Pid),
            ets:insert(?MODULE, [{{name, Pid}, Label}, {{pid, Label}, Pid}]),
            ets:lookup_element(?MODULE, driver, 2) ! {born, Label, Pid, self()},
            receive {'$watched', Label} -> Label end
    end.

label(Name, 1) -> Name;
label(Name, Life) -> list_to_atom(lists:concat([Name, ".", Life])).

watch(Name, Ref) -> ets:insert(?MODULE, {{watch, Ref}, Name}).
watched(Ref) -> ets:lookup_element(?MODULE, {watch, Ref}, 2).

pid(Name) -> ets:lookup_element(?MODULE, {pid, Name}, 2).

target(#{name := Name}) -> Name;
target(Name) -> pid(Name).

who(Pid) when is_pid(Pid) ->
    case ets:lookup(?MODULE, {name, Pid}) of
        [{_, Name}] -> atom_to_list(Name);
        [] -> "somebody"
    end;
who({Name, Node}) when Node =:= node() -> atom_to_list(Name);
who(Other) -> term(Other).

%% ---- the trace ----

line(Kind, Name, Text) ->
    Row = [atom_to_list(Kind), $\t, atom_to_list(Name), $\t, Text, $\n],
    ets:insert(?MODULE, {{line, erlang:unique_integer([monotonic])}, Row}).

take() ->
    Rows = ets:match_object(?MODULE, {{line, '_'}, '_'}),
    [ets:delete(?MODULE, Key) || {Key, _} <- Rows],
    [[Text || {_, Text} <- Rows], "G\n"].

%% ---- terms ----

term(List) when is_list(List) -> [$[, lists:join(", ", [term(Item) || Item <- List]), $]];
term(Atom) when is_atom(Atom) -> atom_to_list(Atom);
term(Pid) when is_pid(Pid) -> who(Pid);
term(Term) -> io_lib:format("~w", [Term]).

%% A reason as a scenario writes it.
to_reason(#{shutdown := Term}) -> {shutdown, Term};
to_reason(Reason) -> Reason.

reason({bad_return_value, _}) -> "bad return";
reason({bad_return_from_init, _}) -> "bad return";
reason({bad_return_from_state_function, _}) -> "bad return";
reason({bad_state_enter_return_from_state_function, _}) -> "bad return";
reason({{bad_return_from_state_function, _}, Stack}) when is_list(Stack) -> "bad return";
reason({{bad_state_enter_return_from_state_function, _}, Stack}) when is_list(Stack) ->
    "bad return";
reason({{bad_action_from_state_function, _}, Stack}) when is_list(Stack) -> "bad action";
reason({{bad_state_enter_action_from_state_function, _}, Stack}) when is_list(Stack) ->
    "bad action";
reason({bad_action_from_state_function, _}) -> "bad action";
reason({bad_state_enter_action_from_state_function, _}) -> "bad action";
reason({undef, [{_, Function, _, _} | _]}) -> ["undefined ", atom_to_list(Function)];
reason({{nocatch, Value}, [_ | _]}) -> ["thrown ", term(Value)];
reason({Why, [{_, _, _, _} | _]}) -> ["error ", term(Why)];
reason({'EXIT', Reason}) -> reason(Reason);
reason({already_started, Pid}) -> ["already started ", who(Pid)];
reason({shutdown, {failed_to_start_child, Id, Why}}) ->
    ["failed to start ", term(Id), ": ", reason(Why)];
reason({shutdown, Term}) -> ["shutdown(", term(Term), $)];
reason({start_spec, Problem}) -> ["bad specification: ", problem(Problem)];
reason({supervisor_data, Problem}) -> ["bad flag: ", problem(Problem)];
reason({Reason, {Module, _, _}}) when Module =:= gen_server; Module =:= gen_statem ->
    ["call ", reason(Reason)];
reason({Reason, {sys, _, _}}) -> reason(Reason);
reason({{Reason, {sys, _, _}}, _}) -> reason(Reason);
reason(Reason) -> term(Reason).

problem({invalid_restart_type, _}) -> "restart";
problem({invalid_shutdown, _}) -> "shutdown";
problem({invalid_child_type, _}) -> "type";
problem({invalid_significant, _}) -> "significant";
problem({invalid_strategy, _}) -> "strategy";
problem({invalid_intensity, _}) -> "intensity";
problem({invalid_auto_shutdown, _}) -> "autoShutdown";
problem({bad_combination, _}) -> "bad combination";
problem({duplicate_child_name, Id}) -> ["duplicate ", term(Id)];
problem(missing_id) -> "id";
problem(missing_start) -> "start".

%% A message as who receives it sees it.
message({'EXIT', Pid, Reason}) -> ["EXIT ", who(Pid), $\s, reason(Reason)];
message({'DOWN', _, process, Object, Reason}) -> ["DOWN ", who(Object), $\s, reason(Reason)];
message(timeout) -> "timeout";
message(#{say := Word}) -> term(Word);
message(Message) -> term(Message).
