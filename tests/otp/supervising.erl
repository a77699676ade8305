%% Runs the schedules of supervisor-beam.test.ts under OTP's own supervisor and writes down, a line
%% each, what happened.
%%   erl +S 1:1 -noshell -pa FOLDER -run supervising main INPUT OUTPUT
-module(supervising).
-behaviour(gen_server).
-export([main/1, start/3]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

main([Input, Output]) ->
    {ok, [Schedules]} = file:consult(Input),
    ok = file:write_file(Output, [[run(Schedule), "\n"] || Schedule <- Schedules]),
    halt(0).

run(Schedule) ->
    ets:new(starts, [named_table, public]),
    ets:new(log, [named_table, public, ordered_set]),
    {_, Ref} = spawn_monitor(fun() -> play(Schedule) end),
    receive {'DOWN', Ref, process, _, Reason} -> Reason =:= normal orelse log(Reason) end,
    Words = [Word || {_, Word} <- ets:tab2list(log)],
    ets:delete(starts),
    ets:delete(log),
    lists:join(" ", Words).

play(#{flags := #{intensity := Intensity}, template := Template, steps := Steps}) ->
    process_flag(trap_exit, true),
    Strategy = #{strategy => simple_one_for_one, intensity => Intensity, period => 3600},
    Spec = Template#{id => child, start => {?MODULE, start, []}},
    {ok, Supervisor} = supervisor:start_link(?MODULE, {Strategy, [Spec]}),
    steps(Steps, Supervisor, monitor(process, Supervisor));
play(#{flags := Flags, children := Children, steps := Steps}) ->
    process_flag(trap_exit, true),
    Strategy = #{strategy => maps:get(strategy, Flags), auto_shutdown => maps:get(auto, Flags),
                 intensity => maps:get(intensity, Flags), period => 3600},
    case supervisor:start_link(?MODULE, {Strategy, [spec(Child) || Child <- Children]}) of
        {ok, Supervisor} ->
            Ref = monitor(process, Supervisor),
            steps(Steps, Supervisor, Ref);
        {error, {shutdown, {failed_to_start_child, Id, _}}} -> log({failed, Id});
        {error, {start_spec, _}} -> log(invalid)
    end.

steps([], Supervisor, Ref) ->
    gen_server:stop(Supervisor, shutdown, infinity),
    receive {'DOWN', Ref, process, _, _} -> log(stopped) end;
steps([Step | Rest], Supervisor, Ref) ->
    step(Step, Supervisor),
    settle(Supervisor),
    case is_process_alive(Supervisor) of
        true -> steps(Rest, Supervisor, Ref);
        false -> receive {'DOWN', Ref, process, _, Reason} -> log({ended, Reason}) end
    end.

settle(Supervisor) ->
    try supervisor:which_children(Supervisor) of
        Children ->
            Queue = process_info(Supervisor, message_queue_len),
            case Queue =/= {message_queue_len, 0} orelse lists:keymember(restarting, 2, Children) of
                true -> settle(Supervisor);
                false -> ok
            end
    catch exit:_ -> ok
    end.

step(#{op := stop, ids := Ids, reason := Reason}, _) ->
    Pids = [Pid || Id <- Ids, (Pid = whereis(Id)) =/= undefined],
    Refs = [monitor(process, Pid) || Pid <- Pids],
    [tell(Pid, Reason) || Pid <- Pids],
    [receive {'DOWN', Ref, process, _, _} -> ok end || Ref <- Refs];
step(#{op := terminate, id := Id}, Supervisor) ->
    log(answer(supervisor:terminate_child(Supervisor, Id)));
step(#{op := restart, id := Id}, Supervisor) ->
    log(answer(supervisor:restart_child(Supervisor, Id)));
step(#{op := delete, id := Id}, Supervisor) ->
    log(answer(supervisor:delete_child(Supervisor, Id)));
step(#{op := start, child := Child}, Supervisor) ->
    log(answer(supervisor:start_child(Supervisor, spec(Child))));
step(#{op := add, id := Id, number := Number, outcomes := Outcomes}, Supervisor) ->
    log(answer(supervisor:start_child(Supervisor, [Id, Number, Outcomes])));
step(#{op := remove, id := Id}, Supervisor) ->
    Pid = case whereis(Id) of undefined -> self(); Found -> Found end,
    log(answer(supervisor:terminate_child(Supervisor, Pid)));
step(#{op := running}, Supervisor) ->
    log({running, length([Pid || {_, Pid, _, _} <- supervisor:which_children(Supervisor),
                                 is_pid(Pid)])});
step(#{op := which}, Supervisor) ->
    [log({Id, case is_pid(Pid) of true -> running; false -> Pid end, Type})
     || {Id, Pid, Type, _} <- lists:reverse(supervisor:which_children(Supervisor))];
step(#{op := count}, Supervisor) ->
    log([proplists:get_value(Key, supervisor:count_children(Supervisor))
         || Key <- [specs, active, supervisors, workers]]).

tell(Pid, kill) -> exit(Pid, kill);
tell(Pid, shutdown_x) -> Pid ! {stop, {shutdown, x}};
tell(Pid, Reason) -> Pid ! {stop, Reason}.

answer(ok) -> ok;
answer({ok, Pid}) when is_pid(Pid) -> started;
answer({ok, undefined}) -> ignored;
answer({error, {already_started, _}}) -> already_started;
answer({error, {bad_combination, _}}) -> invalid;
answer({error, Error}) when Error =/= not_yet, is_atom(Error) -> Error;
answer({error, _}) -> failed.

spec(#{id := Id, number := Number, outcomes := Outcomes} = Child) ->
    maps:merge(#{start => {?MODULE, start, [Id, Number, Outcomes]}},
               maps:with([id, restart, significant, type, shutdown], Child)).

%% The outcome of each start in turn; later ones go well.
start(Id, Number, Outcomes) ->
    Nth = ets:update_counter(starts, Number, 1, {Number, 0}),
    case [Outcome || Nth =< length(Outcomes), Outcome <- [lists:nth(Nth, Outcomes)]] of
        [fails] -> log({fails, Id}), {error, not_yet};
        [ignores] -> log({ignores, Id}), ignore;
        _ -> gen_server:start_link({local, Id}, ?MODULE, Id, [])
    end.

log(Term) ->
    Nth = ets:update_counter(starts, log, 1, {log, 0}),
    ets:insert(log, {Nth, re:replace(io_lib:format("~0p", [Term]), "\\s", "", [global])}).

%% ---- the supervisor's callback, and the children's ----

init({Flags, Specs}) -> {ok, {Flags, Specs}};
init(Id) -> process_flag(trap_exit, true), log({up, Id}), {ok, Id}.

handle_call(_, _, Id) -> {noreply, Id}.
handle_cast(_, Id) -> {noreply, Id}.
handle_info({stop, Reason}, Id) -> {stop, Reason, Id}.
terminate(_, Id) -> log({down, Id}).
