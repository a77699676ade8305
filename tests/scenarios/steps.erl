%% The steps of scenarios as calls of the BEAM.
-module(steps).
-export([do/2]).
-import(words, [pid/2, ref/2, new_ref/3, name/2, place/2, who/2, message/2, term/1, short/1]).

%% An atom is an answer that is silent unless the step is shown.
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
do(#{op := sendEach, to := To, body := Body}, Context) ->
    [pid(Name, Context) ! Body || Name <- To],
    true;
do(#{op := flood, to := To, count := Count} = Step, Context) ->
    [pid(To, Context) ! maps:get(body, Step, N) || N <- lists:seq(1, Count)],
    true;
do(#{op := 'receive'} = Step, #{scale := Scale} = Context) ->
    Time = case Step of #{'after' := Ms} -> Ms * Scale; _ -> infinity end,
    case take(maps:get(match, Step, any), Time, Context) of
        '$nothing' -> {loud, "nothing"};
        Message -> {loud, message(Message, Context)}
    end;
do(#{op := drain}, _) -> {loud, drained(drain())};
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
do(#{op := limit, bytes := Bytes} = Step, _) ->
    Kill = maps:is_key(kill, Step),
    process_flag(max_heap_size, #{
        size => Bytes div erlang:system_info(wordsize), kill => Kill, error_logger => false
    }),
    true;
do(#{op := collect, 'of' := Of}, Context) ->
    erlang:garbage_collect(pid(Of, Context)),
    true;
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
do(#{op := cancelTimer, ref := Ref} = Step, Context) ->
    {loud, left(erlang:cancel_timer(ref(Ref, Context)), Step, Context)};
do(#{op := readTimer, ref := Ref} = Step, Context) ->
    {loud, left(erlang:read_timer(ref(Ref, Context)), Step, Context)};
do(#{op := timers, ms := Ms, to := To, count := Count, as := As}, Context) ->
    {Time, Options} = time(Ms, #{absolute => true}, Context),
    [new_ref(numbered(As, N), erlang:send_after(Time, pid(To, Context), N, Options), Context)
        || N <- lists:seq(1, Count)],
    true;
do(#{op := cancelTimers, count := Count, as := As}, Context) ->
    Left = [erlang:cancel_timer(ref(numbered(As, N), Context)) || N <- lists:seq(1, Count)],
    {loud, integer_to_list(length([Ms || Ms <- Left, is_integer(Ms)]))};
do(#{op := makeRef, as := As}, Context) -> new_ref(As, make_ref(), Context);
do(#{op := alias, as := As} = Step, Context) ->
    new_ref(As, alias([reply || maps:is_key(reply, Step)]), Context);
do(#{op := unalias, ref := Ref}, Context) -> {loud, atom_to_list(unalias(ref(Ref, Context)))};
do(#{op := suspend, 'of' := Of} = Step, Context) ->
    Options = [unless_suspending || maps:is_key(unless, Step)],
    erlang:suspend_process(pid(Of, Context), Options);
do(#{op := resume, 'of' := Of}, Context) -> erlang:resume_process(pid(Of, Context));
do(#{op := join, group := Group}, Context) -> pg:join(name(Group, Context), self()) =:= ok;
do(#{op := leave, group := Group}, Context) ->
    case pg:leave(name(Group, Context), self()) of
        ok -> true;
        not_joined -> error(badarg)
    end;
do(#{op := members, group := Group}, Context) ->
    {loud, names(members(Group, Context), Context)};
do(#{op := sendGroup, group := Group, body := Body}, Context) ->
    Members = lists:usort(members(Group, Context)),
    [Pid ! Body || Pid <- Members],
    {loud, integer_to_list(length(Members))};
do(#{op := isAlive, 'of' := Of}, Context) ->
    {loud, atom_to_list(is_process_alive(pid(Of, Context)))};
do(#{op := processes}, Context) ->
    Known = [Pid || {_, Pid} <- words:pids(Context)],
    {loud, names([Pid || Pid <- processes(), lists:member(Pid, Known)], Context)};
do(#{op := info, 'of' := Of, item := Item}, Context) ->
    case process_info(pid(Of, Context), key(Item)) of
        {Key, Value} -> {loud, item(Key, Value, Context)};
        [] -> {loud, "none"};
        undefined -> {loud, "undefined"}
    end;
do(#{op := infos, 'of' := Of, items := Items}, Context) ->
    case process_info(pid(Of, Context), [key(Item) || Item <- Items]) of
        undefined -> {loud, "undefined"};
        List -> {loud, lists:join(", ", [item(Key, Value, Context) || {Key, Value} <- List])}
    end;
do(#{op := compete, workers := Workers, turns := Turns}, _) -> {loud, compete(Workers, Turns)};
do(#{op := misuse, call := Call}, Context) -> misuse(Call, nonsense(Context)).

%% ---- spawn, monitor, receive ----

do_spawn(Step, Child, #{table := Table} = Context) ->
    Body = case Step of
        #{exits := Reason} -> fun() -> exit(Reason) end;
        _ -> fun() -> interpreter:actor(Child, Context) end
    end,
    %% Its end is nobody's but the scenario's to see.
    maps:is_key(exits, Step) andalso ets:insert(Table, {{ended, Child}}),
    Priority = case Step of #{priority := P} -> [{priority, P}]; _ -> [] end,
    Options = Priority ++ [link || maps:is_key(link, Step)]
        ++ [{monitor, monitor_options(Step)} || maps:is_key(monitor, Step)],
    case spawned(Step, Body, Options) of
        {Pid, Ref} ->
            ets:insert(Table, {{pid, Child}, Pid}),
            new_ref(maps:get(monitor, Step), Ref, Context);
        Pid ->
            ets:insert(Table, {{pid, Child}, Pid}),
            true
    end.

spawned(#{request := true} = Step, Body, Options) ->
    Request = spawn_request(Body, Options),
    receive
        {spawn_reply, Request, ok, Pid} ->
            case maps:is_key(monitor, Step) of
                true -> {Pid, Request};
                false -> Pid
            end
    end;
spawned(_, Body, Options) -> erlang:spawn_opt(Body, Options).

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

drain() -> receive Message -> [Message | drain()] after 0 -> [] end.

drained([]) -> "nothing";
drained(Messages) ->
    Order = case lists:all(fun is_integer/1, Messages) andalso lists:sort(Messages) of
        Messages -> "in order";
        _ -> "out of order"
    end,
    io_lib:format("~b ~s", [length(Messages), Order]).

%% ---- timers ----

time(Ms, #{absolute := true}, #{scale := Scale, begun := Begun}) ->
    {Begun + Ms * Scale, [{abs, true}]};
time(Ms, _, #{scale := Scale}) -> {Ms * Scale, []}.

numbered(As, N) -> list_to_atom(io_lib:format("~s~b", [As, N])).

new_timer(#{as := As}, Ref, Context) -> new_ref(As, Ref, Context);
new_timer(_, _, _) -> true.

left(false, _, _) -> "false";
left(Ms, #{between := [Least, Most]}, #{scale := Scale}) ->
    case Least * Scale =< Ms andalso Ms =< Most * Scale of
        true -> io_lib:format("left ~b to ~b", [Least, Most]);
        false -> io_lib:format("left ~b", [Ms])
    end;
left(_, _, _) -> "left".

%% ---- information ----

key(messageQueueLength) -> message_queue_len;
key(monitoredBy) -> monitored_by;
key(registeredName) -> registered_name;
key(trapExit) -> trap_exit;
key(Item) -> Item.

item(registered_name, [], _) -> "none";
item(registered_name, Name, _) -> short(Name);
item(messages, [], _) -> "none";
item(messages, Messages, Context) ->
    lists:join(" | ", [message(Message, Context) || Message <- Messages]);
item(parent, Pid, Context) ->
    case who(Pid, Context) of
        "?" -> "nobody";
        Name -> Name
    end;
item(memory, Bytes, _) when Bytes > 0 -> "some";
item(Key, List, #{driver := Driver}) when Key =:= links; Key =:= monitored_by ->
    integer_to_list(length(List -- [Driver]));
item(Key, List, _) when Key =:= monitors; Key =:= suspending -> integer_to_list(length(List));
item(_, Value, _) -> io_lib:format("~p", [Value]).

%% When pg has heard of all ends so far.
members(Group, Context) ->
    _ = sys:get_state(pg),
    pg:get_members(name(Group, Context)).

names([], _) -> "nobody";
names(Pids, Context) -> lists:join($\s, lists:sort([who(Pid, Context) || Pid <- Pids])).

%% ---- scheduling ----

%% On one scheduler: nobody of them runs before this process, of priority max, waits.
compete(Workers, Turns) ->
    Old = process_flag(priority, max),
    Total = atomics:new(1, []),
    Teams = [{Priority, atomics:new(Count, []), Count}
        || #{priority := Priority, count := Count} <- Workers],
    Monitors = [worker(Priority, Team, I, Total, Turns)
        || {Priority, Team, Count} <- Teams, I <- lists:seq(1, Count)],
    [receive {'DOWN', Monitor, _, _, _} -> ok end || Monitor <- Monitors],
    process_flag(priority, Old),
    shares([{Priority, [atomics:get(Team, I) || I <- lists:seq(1, Count)]}
        || {Priority, Team, Count} <- Teams]).

worker(Priority, Team, I, Total, Turns) ->
    Body = fun() -> work(Team, I, Total, Turns) end,
    {_, Monitor} = spawn_opt(Body, [monitor, {priority, Priority}]),
    Monitor.

work(Team, I, Total, Turns) ->
    case atomics:add_get(Total, 1, 1) > Turns of
        true -> ok;
        false ->
            atomics:add(Team, I, 1),
            erlang:yield(),
            work(Team, I, Total, Turns)
    end.

%% As shares.ts says it.
shares(Teams) ->
    Averages = [{Priority, lists:sum(Turns) / length(Turns)} || {Priority, Turns} <- Teams],
    Each = [[atom_to_list(Priority), $\s, evenness(Turns)] || {Priority, Turns} <- Teams],
    Average = fun(Priority) -> proplists:get_value(Priority, Averages, 0) end,
    Ratio = case {Average(low), Average(normal)} of
        {Low, Normal} when Low == 0; Normal == 0 -> [];
        {Low, Normal} when Low / Normal > 1 / 16, Low / Normal < 1 / 4 ->
            ["low 1/16 to 1/4 of normal"];
        {Low, Normal} -> [io_lib:format("low ~.3f of normal", [Low / Normal])]
    end,
    lists:join(", ", Each ++ Ratio).

evenness(Turns) ->
    Average = lists:sum(Turns) / length(Turns),
    case lists:min(Turns) of
        _ when Average == 0 -> "none";
        Least when Least >= Average / 2 -> "even";
        Least -> io_lib:format("~b of ~.1f", [Least, Average])
    end.

%% ---- calls with arguments that make no sense ----

nonsense(#{scale := Scale}) -> {no, Scale}.

misuse(monitor, Bad) -> erlang:monitor(process, Bad);
misuse(demonitor, Bad) -> erlang:demonitor(Bad);
misuse(link, Bad) -> link(Bad);
misuse(cancelTimer, Bad) -> erlang:cancel_timer(Bad);
misuse(readTimer, Bad) -> erlang:read_timer(Bad);
misuse(priority, Bad) -> process_flag(priority, Bad);
misuse(register, Bad) -> register(misused, Bad).
