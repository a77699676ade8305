%% Replays scenarios on the BEAM and writes down what they show (scenario.ts has the language).
%%
%% A process of a scenario waits at a gate before each of its steps, until the driver has set the
%% turn to that step. Gate, phases, names and answers are in shared tables, not in messages: its
%% mailbox holds what the scenario sends, and nothing else. The driver goes on when all processes
%% are quiet: gone, suspended, at a gate that is shut, or blocked inside a receive.
-module(interpreter).
-export([main/1, woken/2]).

%% erl -run interpreter main Scenarios Traces Width: so many scenarios at a time.
main([In, Out, Width]) ->
    {ok, [Scenarios]} = file:consult(In),
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
    [exit(Pid, kill) || {_, Pid} <- pids(Context)],
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
                {{status, waiting}, [{_, busy, _}]} -> true;
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
        false -> ets:insert(Table, [{{watched, Name}}, {{watch, erlang:monitor(process, Pid)}, Name}])
    end.

ends(#{table := Table} = Context) ->
    receive
        {'DOWN', Ref, process, _, Reason} ->
            [{_, Name}] = ets:lookup(Table, {watch, Ref}),
            ets:insert(Table, {{ended, Name}}),
            line(Context, ["E\t", atom_to_list(Name), $\t, reason(Reason, Context)]),
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
    ets:insert(Table, {{phase, Me}, busy, Index}),
    perform(Step, Rest, Context).

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
    {IsLoud, Text} = try do(Step, Context) of
        {loud, Value} -> {true, Value};
        Value when is_atom(Value) -> {maps:is_key(shown, Step), atom_to_list(Value)}
    catch
        error:badarg -> {true, "refused"};
        error:Why -> {true, term(Why)}
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

%% ---- steps ----

do(#{op := log, text := Text}, _) -> {loud, atom_to_list(Text)};
do(#{op := yield}, _) -> erlang:yield();
do(#{op := spawn, child := Child} = Step, Context) -> do_spawn(Step, Child, Context);
do(#{op := send, to := To, body := Body} = Step, Context) ->
    Message = case Step of
        #{ref := Ref} -> {ref(Ref, Context), Body};
        _ -> Body
    end,
    place(To, Context) ! Message,
    true;
do(#{op := 'receive'} = Step, #{scale := Scale} = Context) ->
    Time = case Step of #{'after' := Ms} -> Ms * Scale; _ -> infinity end,
    case take(maps:get(match, Step, any), Time, Context) of
        '$nothing' -> {loud, "nothing"};
        Message -> {loud, message(Message, Context)}
    end;
do(#{op := link, to := To}, Context) -> link(pid(To, Context));
do(#{op := unlink, to := To}, Context) -> unlink(pid(To, Context));
do(#{op := monitor, to := To, as := As} = Step, Context) ->
    Ref = erlang:monitor(process, place(To, Context), monitor_options(Step)),
    is_map(To) andalso ets:insert(maps:get(table, Context), {{by_name, Ref}}),
    new_ref(As, Ref, Context);
do(#{op := demonitor, ref := Ref} = Step, Context) ->
    Options = [Option || Option <- [flush, info], maps:is_key(Option, Step)],
    Answer = erlang:demonitor(ref(Ref, Context), Options),
    case Options of
        [] -> Answer;
        _ -> {loud, atom_to_list(Answer)}
    end;
do(#{op := exit, to := To, reason := Reason}, Context) -> exit(place(To, Context), Reason);
do(#{op := flag, flag := trapExit, value := Value}, _) -> process_flag(trap_exit, Value);
do(#{op := flag, flag := priority, value := Value}, _) -> process_flag(priority, Value);
do(#{op := register, name := Name, 'of' := Of}, Context) ->
    register(name(Name, Context), pid(Of, Context));
do(#{op := unregister, name := Name}, Context) -> unregister(name(Name, Context));
do(#{op := whereis, name := Name}, Context) ->
    {loud, who(whereis(name(Name, Context)), Context)};
do(#{op := sendAfter, ms := Ms, to := To, body := Body} = Step, Context) ->
    {Time, Options} = time(Ms, Step, Context),
    new_timer(Step, erlang:send_after(Time, place(To, Context), Body, Options), Context);
do(#{op := startTimer, ms := Ms, to := To, body := Body} = Step, Context) ->
    {Time, Options} = time(Ms, Step, Context),
    new_timer(Step, erlang:start_timer(Time, place(To, Context), Body, Options), Context);
do(#{op := cancelTimer, ref := Ref}, Context) ->
    {loud, left(erlang:cancel_timer(ref(Ref, Context)))};
do(#{op := readTimer, ref := Ref}, Context) ->
    {loud, left(erlang:read_timer(ref(Ref, Context)))};
do(#{op := makeRef, as := As}, Context) -> new_ref(As, make_ref(), Context);
do(#{op := alias, as := As} = Step, Context) ->
    new_ref(As, alias([reply || maps:is_key(reply, Step)]), Context);
do(#{op := unalias, ref := Ref}, Context) -> {loud, atom_to_list(unalias(ref(Ref, Context)))};
do(#{op := suspend, 'of' := Of} = Step, Context) ->
    Options = [unless_suspending || maps:is_key(unless, Step)],
    erlang:suspend_process(pid(Of, Context), Options);
do(#{op := resume, 'of' := Of}, Context) -> erlang:resume_process(pid(Of, Context));
do(#{op := isAlive, 'of' := Of}, Context) ->
    {loud, atom_to_list(is_process_alive(pid(Of, Context)))};
do(#{op := info, 'of' := Of, item := Item}, Context) ->
    {loud, info(Item, pid(Of, Context), Context)}.

do_spawn(Step, Child, #{table := Table} = Context) ->
    Body = case Step of
        #{exits := Reason} -> fun() -> exit(Reason) end;
        _ -> fun() -> actor(Child, Context) end
    end,
    %% Its end is nobody's but the scenario's to see.
    maps:is_key(exits, Step) andalso ets:insert(Table, {{ended, Child}}),
    Priority = case Step of #{priority := P} -> [{priority, P}]; _ -> [] end,
    Options = Priority ++ [link || maps:is_key(link, Step)]
        ++ [{monitor, monitor_options(Step)} || maps:is_key(monitor, Step)],
    case erlang:spawn_opt(Body, Options) of
        {Pid, Ref} ->
            ets:insert(Table, {{pid, Child}, Pid}),
            new_ref(maps:get(monitor, Step), Ref, Context);
        Pid ->
            ets:insert(Table, {{pid, Child}, Pid}),
            true
    end.

monitor_options(Step) -> maps:to_list(maps:with([alias, tag], Step)).

take(any, Time, _) ->
    receive Message -> Message after Time -> '$nothing' end;
take(#{body := Body}, Time, _) ->
    receive Body -> Body after Time -> '$nothing' end;
take(#{exit := Name}, Time, Context) ->
    Pid = pid(Name, Context),
    receive {'EXIT', Pid, _} = Message -> Message after Time -> '$nothing' end;
take(#{down := Name}, Time, Context) ->
    Ref = ref(Name, Context),
    receive {_, Ref, process, _, _} = Message -> Message after Time -> '$nothing' end;
take(#{ref := Name}, Time, Context) ->
    Ref = ref(Name, Context),
    receive
        {Ref, _} = Message -> Message;
        {timeout, Ref, _} = Message -> Message
    after Time -> '$nothing'
    end.

time(Ms, #{absolute := true}, #{scale := Scale, begun := Begun}) ->
    {Begun + Ms * Scale, [{abs, true}]};
time(Ms, _, #{scale := Scale}) -> {Ms * Scale, []}.

left(false) -> "false";
left(_) -> "left".

info(messageQueueLength, Pid, _) -> plain(Pid, message_queue_len);
info(links, Pid, Context) -> related(Pid, links, Context);
info(monitors, Pid, Context) -> related(Pid, monitors, Context);
info(monitoredBy, Pid, Context) -> related(Pid, monitored_by, Context);
info(registeredName, Pid, Context) ->
    case process_info(Pid, registered_name) of
        {_, Name} -> short(Name);
        [] -> "none";
        undefined -> "undefined"
    end;
info(messages, Pid, Context) ->
    case process_info(Pid, messages) of
        {_, Messages} -> lists:join(" | ", [message(M, Context) || M <- Messages]);
        undefined -> "undefined"
    end;
info(trapExit, Pid, _) -> plain(Pid, trap_exit);
info(Item, Pid, _) -> plain(Pid, Item).

plain(Pid, Item) ->
    case process_info(Pid, Item) of
        {_, Value} -> io_lib:format("~p", [Value]);
        undefined -> "undefined"
    end.

related(Pid, Item, #{driver := Driver}) ->
    case process_info(Pid, Item) of
        {_, List} -> integer_to_list(length(List -- [Driver]));
        undefined -> "undefined"
    end.

%% ---- the scenario's words ----

pids(#{table := Table}) ->
    [{Name, Pid} || {{pid, Name}, Pid} <- ets:match_object(Table, {{pid, '_'}, '_'})].

pid(Name, #{table := Table}) -> ets:lookup_element(Table, {pid, Name}, 2).
ref(Name, #{table := Table}) -> ets:lookup_element(Table, {ref, Name}, 2).

new_ref(Name, Ref, #{table := Table}) -> ets:insert(Table, {{ref, Name}, Ref}).

new_timer(#{as := As}, Ref, Context) -> new_ref(As, Ref, Context);
new_timer(_, _, _) -> true.

%% Names are the whole node's: each scenario has its own.
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
