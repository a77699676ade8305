%% Replays scenarios on the BEAM and writes down what they show (scenario.ts has the language).
%%
%% A process of a scenario waits at a gate before each of its steps, until the driver has set the
%% turn to that step. Gate, phases, names and answers are in shared tables, not in messages: its
%% mailbox holds what the scenario sends, and nothing else. The driver goes on when all processes
%% are quiet: gone, suspended, at a gate that is shut, or blocked inside a receive.
-module(interpreter).
-export([main/1, actor/2, woken/2]).

%% erl -run interpreter main Scenarios Traces Width: so many scenarios at a time.
main([In, Out, Width]) ->
    {ok, [Scenarios]} = file:consult(In),
    {ok, _} = pg:start_link(),
    Traces = pool(Scenarios, 0, list_to_integer(Width), []),
    ok = file:write_file(Out, unicode:characters_to_binary(Traces)),
    halt(0).

pool([], 0, _, Done) -> Done;
pool([Scenario | Rest], Running, Width, Done) when Running < Width ->
    spawn_monitor(fun() -> exit({trace, play(Scenario)}) end),
    pool(Rest, Running + 1, Width, Done);
pool(Scenarios, Running, Width, Done) ->
    receive
        {'DOWN', _, process, _, {trace, Text}} ->
            pool(Scenarios, Running - 1, Width, [Text | Done]);
        {'DOWN', _, process, _, Why} ->
            io:format("~p~n", [Why]),
            halt(1)
    end.

%% ---- the driver ----

play(#{id := Id, roots := Roots, entries := Entries} = Scenario) ->
    Table = ets:new(scenario, [public, ordered_set]),
    Context = Scenario#{
        table => Table, turn => atomics:new(1, []), driver => self(),
        begun => erlang:monotonic_time(millisecond)
    },
    [ets:insert(Table, {{pid, Root}, spawn(fun() -> actor(Root, Context) end)}) || Root <- Roots],
    settle(Context),
    Text = [play_entry(Entry, Context) || Entry <- Entries],
    [exit(Pid, kill) || {_, Pid} <- words:pids(Context)],
    ["S\t", atom_to_list(Id), $\n, Text].

play_entry(#{pass := Ms, first := First, last := Last}, #{scale := Scale} = Context) ->
    receive after Ms * Scale -> ok end,
    settle(Context),
    [lines(Context), group(First, Last)];
play_entry(#{first := First, last := Last}, Context) ->
    [begin atomics:put(maps:get(turn, Context), 1, I), await(I, Context, 2000) end
        || I <- lists:seq(First, Last)],
    settle(Context),
    [lines(Context), group(First, Last)].

group(First, Last) -> io_lib:format("G\t~b\t~b~n", [First, Last]).

%% What has been shown since the last time.
lines(#{table := Table}) ->
    Rows = ets:match_object(Table, {{line, '_'}, '_'}),
    [ets:delete(Table, Key) || {Key, _} <- Rows],
    [Text || {_, Text} <- Rows].

%% The step is done, or its process can't go on: the next of the same entry may begin.
await(Index, #{table := Table, steps := Steps} = Context, Left) ->
    note_ends(Context),
    [Name] = [N || {N, List} <- maps:to_list(Steps), #{index := I} <- List, I =:= Index],
    IsDone = case ets:lookup(Table, {phase, Name}) of
        [{_, _, At}] when At > Index -> true;
        _ -> is_quiet(Name, Context)
    end,
    if IsDone -> ok;
       Left =:= 0 -> show(Context, Name, Index, "await", "never done");
       true -> receive after 1 -> await(Index, Context, Left - 1) end
    end.

%% Waits until twice in a row nothing has happened.
settle(Context) -> settle(Context, none, 0, 2000).

settle(Context, _, 2, _) -> note_ends(Context);
settle(Context, _, _, 0) -> show(Context, driver, 0, "settle", "never quiet");
settle(#{all := All} = Context, Before, Same, Left) ->
    note_ends(Context),
    Now = snapshot(Context),
    Next = case lists:all(fun(Name) -> is_quiet(Name, Context) end, All) of
        true when Now =:= Before -> Same + 1;
        _ -> 0
    end,
    receive after 1 -> ok end,
    settle(Context, Now, Next, Left - 1).

snapshot(#{table := Table}) ->
    {ets:match_object(Table, {{phase, '_'}, '_', '_'}), ets:info(Table, size)}.

is_quiet(Name, #{table := Table, turn := Turn}) ->
    case ets:lookup(Table, {pid, Name}) of
        [] -> true;
        [{_, Pid}] ->
            case {process_info(Pid, status), ets:lookup(Table, {phase, Name})} of
                {undefined, _} -> ets:member(Table, {ended, Name});
                {{status, suspended}, _} -> true;
                {{status, waiting}, [{_, blocked, _}]} -> true;
                {_, [{_, gate, At}]} -> At > atomics:get(Turn, 1);
                _ -> false
            end
    end.

%% Watches processes that are new, and writes down who has ended.
note_ends(#{table := Table} = Context) ->
    [watch(Row, Context) || Row <- ets:match_object(Table, {{pid, '_'}, '_'})],
    ends(Context).

watch({{pid, Name}, Pid}, #{table := Table}) ->
    case ets:member(Table, {watched, Name}) orelse ets:member(Table, {ended, Name}) of
        true -> ok;
        false ->
            Ref = erlang:monitor(process, Pid),
            ets:insert(Table, [{{watched, Name}}, {{watch, Ref}, Name}])
    end.

ends(#{table := Table} = Context) ->
    receive
        {'DOWN', Ref, process, _, Reason} ->
            [{_, Name}] = ets:lookup(Table, {watch, Ref}),
            ets:insert(Table, {{ended, Name}}),
            line(Context, ["E\t", atom_to_list(Name), $\t, words:reason(Reason, Context)]),
            ends(Context)
    after 0 -> ok
    end.

%% ---- a process of the scenario ----

actor(Me, #{steps := Steps} = Context) ->
    steps(maps:get(Me, Steps, []), Context#{me => Me}).

steps([], #{table := Table, me := Me}) ->
    ets:insert(Table, {{phase, Me}, gate, infinity}),
    receive after infinity -> ok end;
steps([#{index := Index} = Step | Rest], #{table := Table, me := Me} = Context) ->
    ets:insert(Table, {{phase, Me}, gate, Index}),
    gate(Index, Context),
    ets:insert(Table, {{phase, Me}, phase(Step), Index}),
    perform(Step, Rest, Context).

%% Other steps may wait for another process as well, but not for a step of the scenario.
phase(#{op := Op}) when Op =:= 'receive'; Op =:= hibernate -> blocked;
phase(_) -> busy.

gate(Index, #{turn := Turn} = Context) ->
    case atomics:get(Turn, 1) >= Index of
        true -> ok;
        false -> receive after 1 -> gate(Index, Context) end
    end.

perform(#{op := exits, reason := Reason}, _, _) -> exit(Reason);
perform(#{op := returns}, _, _) -> ok;
perform(#{op := throws, value := Value}, _, _) -> throw(Value);
perform(#{op := errors, value := Value}, _, _) -> error(Value);
perform(#{op := hibernate} = Step, Rest, Context) ->
    erlang:hibernate(?MODULE, woken, [[Step | Rest], Context]);
perform(#{index := Index, op := Op} = Step, Rest, Context) ->
    {IsLoud, Text} = try steps:do(Step, Context) of
        {loud, Value} -> {true, Value};
        Value when is_atom(Value) -> {maps:is_key(shown, Step), atom_to_list(Value)}
    catch
        error:badarg -> {true, "refused"};
        error:timeout_value -> {true, "refused"};
        error:Why -> {true, words:term(Why)}
    end,
    IsLoud andalso show(Context, maps:get(me, Context), Index, atom_to_list(Op), Text),
    steps(Rest, Context).

woken([#{index := Index} | Rest], #{me := Me} = Context) ->
    show(Context, Me, Index, "hibernate", "awake"),
    steps(Rest, Context).

show(Context, Name, Index, Op, Text) ->
    Shown = io_lib:format("L\t~s\t~b\t~s\t~ts", [Name, Index, Op, Text]),
    line(Context, Shown).

line(#{table := Table}, Text) ->
    ets:insert(Table, {{line, erlang:unique_integer([monotonic])}, [Text, $\n]}).
