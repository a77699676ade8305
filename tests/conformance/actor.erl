%% A process beside those that are tested: does one step after another.
-module(actor).
-export([loop/1]).

loop(Name) ->
    put(label, Name),
    receive
        {'$step', #{op := Op} = Step} ->
            try do(Step) of
                silent -> ok;
                Text -> words:line(actor, Name, [atom_to_list(Op), ": ", Text])
            catch
                exit:Reason -> words:line(actor, Name, [atom_to_list(Op), ": ", failed(Reason)])
            end
    end,
    loop(Name).

failed(Reason) -> words:reason(Reason).

do(#{op := start, server := Definition} = Step) ->
    Module = maps:get(module, Definition, server),
    started(start_it(gen_server, maps:get(link, Step, false), Definition, Module, Step));
do(#{op := machine, machine := Definition} = Step) ->
    started(start_it(gen_statem, maps:get(link, Step, false), Definition, machine, Step));
do(#{op := supervise, supervisor := Definition}) -> started(family:start(Definition));
do(#{op := call, to := To, request := Request} = Step) ->
    words:term(gen_server:call(words:target(To), Request, time(Step, 5000)));
do(#{op := cast, to := To, request := Request}) ->
    gen_server:cast(words:target(To), Request), silent;
do(#{op := send, to := To, message := Message}) -> words:target(To) ! Message, silent;
do(#{op := reply, key := Key, value := Value}) -> gen:reply(words:kept(Key), Value), silent;
do(#{op := stop, 'of' := Of, reason := Reason} = Step) ->
    words:term(gen_server:stop(words:target(Of), words:to_reason(Reason), time(Step, infinity)));
do(#{op := exit, to := To, reason := Reason}) ->
    exit(words:target(To), words:to_reason(Reason)), silent;
do(#{op := trapExit}) -> process_flag(trap_exit, true), silent;
do(#{op := monitor, 'of' := Of}) -> monitor(process, words:target(Of)), silent;
do(#{op := link, 'of' := Of}) -> link(words:target(Of)), silent;
do(#{op := unlink, 'of' := Of}) -> unlink(words:target(Of)), silent;
do(#{op := 'receive'}) -> received();
do(#{op := whereis, name := Name}) ->
    case whereis(Name) of undefined -> "nobody"; Pid -> words:term(Pid) end;
do(#{op := isAlive, 'of' := Of}) -> words:term(is_process_alive(words:pid(Of)));
do(#{op := sendRequest, to := To, request := Request, as := As}) ->
    words:keep(As, gen_server:send_request(words:target(To), Request)), silent;
do(#{op := receiveResponse, as := As} = Step) ->
    response(gen_server:receive_response(words:kept(As), time(Step, infinity)));
do(#{op := waitResponse, as := As} = Step) ->
    response(gen_server:wait_response(words:kept(As), time(Step, infinity)));
do(#{op := checkResponse, as := As}) ->
    receive Message when element(1, Message) =/= '$step'; not is_tuple(Message) ->
        response(gen_server:check_response(Message, words:kept(As)))
    after 0 -> "nothing"
    end;
do(#{op := collect, requests := Requests}) ->
    Collection = lists:foldl(fun(As, Into) ->
        gen_server:reqids_add(words:kept(As), As, Into)
    end, gen_server:reqids_new(), Requests),
    words:keep(collection, Collection),
    silent;
do(#{op := receiveOfAll} = Step) ->
    of_all(gen_server:receive_response(words:kept(collection), time(Step, infinity), true));
do(#{op := waitForAll} = Step) ->
    of_all(gen_server:wait_response(words:kept(collection), time(Step, infinity), true));
do(#{op := checkOfAll}) ->
    receive Message when element(1, Message) =/= '$step'; not is_tuple(Message) ->
        of_all(gen_server:check_response(Message, words:kept(collection), true))
    after 0 -> "nothing"
    end;
do(#{op := changeCode, 'of' := Of, request := Script} = Step) ->
    Pid = words:target(Of),
    sys:suspend(Pid),
    Module = maps:get(module, Step, server),
    Result = sys:change_code(Pid, Module, undefined, Script),
    sys:resume(Pid),
    case Result of ok -> "ok"; {error, Reason} -> ["refused ", change_failed(Reason)] end;
do(#{op := startChild, 'of' := Of, child := Child}) ->
    Spec = case maps:get(dynamic, Child, false) of true -> [Child]; false -> family:spec(Child) end,
    child(supervisor:start_child(words:target(Of), Spec));
do(#{op := terminateChild, 'of' := Of, child := Child}) ->
    child(supervisor:terminate_child(words:target(Of), Child));
do(#{op := terminatePid, 'of' := Of, child := Child}) ->
    child(supervisor:terminate_child(words:target(Of), words:pid(Child)));
do(#{op := restartChild, 'of' := Of, child := Child}) ->
    child(supervisor:restart_child(words:target(Of), Child));
do(#{op := deleteChild, 'of' := Of, child := Child}) ->
    child(supervisor:delete_child(words:target(Of), Child));
do(#{op := childSpec, 'of' := Of, child := Child}) ->
    case supervisor:get_childspec(words:target(Of), Child) of
        {ok, Spec} ->
            lists:join(", ", [[atom_to_list(Key), $\s, words:term(maps:get(Key, Spec))]
                              || Key <- [id, restart, shutdown, significant, type]]);
        {error, Why} -> words:term(Why)
    end;
do(#{op := checkSpecs, children := Children} = Step) ->
    Specs = [family:spec(Child) || Child <- Children],
    Auto = maps:get(autoShutdown, Step, undefined),
    case supervisor:check_childspecs(Specs, Auto) of
        ok -> "ok";
        {error, Problem} -> words:reason({start_spec, Problem})
    end;
do(#{op := children, 'of' := Of}) ->
    List = supervisor:which_children(words:target(Of)),
    ["[", lists:join(", ", [which(Child) || Child <- lists:reverse(List)]), "]"];
do(#{op := count, 'of' := Of}) ->
    Counts = supervisor:count_children(words:target(Of)),
    lists:join(", ", [[words:term(proplists:get_value(Key, Counts)), $\s, atom_to_list(Key)]
                      || Key <- [specs, active, supervisors, workers]]).

start_it(Behaviour, Link, #{as := Name} = Definition, Module, Step) ->
    Start = if Link -> start_link; true -> start end,
    Options = [{Key, maps:get(From, Step) * persistent_term:get(scale)}
               || {From, Key} <- [{timeoutMs, timeout}, {hibernateAfterMs, hibernate_after}],
                  maps:is_key(From, Step)],
    case maps:get(named, Step, false) of
        true -> Behaviour:Start({local, Name}, Module, Definition, Options);
        false -> Behaviour:Start(Module, Definition, Options)
    end.

started({ok, _}) -> "ok";
started(ignore) -> "ignore";
started({error, Reason}) -> ["error ", words:reason(Reason)].

time(Step, Default) ->
    case maps:get(timeoutMs, Step, Default) of
        infinity -> infinity;
        Ms -> Ms * persistent_term:get(scale)
    end.

received() ->
    receive Message when element(1, Message) =/= '$step'; not is_tuple(Message) ->
        words:message(Message)
    after 0 -> "nothing"
    end.

response({reply, Value}) -> ["reply ", words:term(Value)];
response({error, {Reason, _}}) -> ["error ", words:reason(Reason)];
response(timeout) -> "timeout";
response(no_reply) -> "no reply".

of_all({Response, Label, Collection}) ->
    words:keep(collection, Collection),
    [words:term(Label), $\s, response(Response)];
of_all(no_request) -> "no request";
of_all(Other) -> response(Other).

change_failed({'EXIT', Reason}) -> words:reason(Reason);
change_failed({error, Reason}) -> words:reason(Reason);
change_failed(Reason) -> words:reason(Reason).

child(ok) -> "ok";
child({ok, Pid}) when is_pid(Pid) -> ["started ", words:term(Pid)];
child({ok, undefined}) -> "ignored";
child({error, {already_started, Pid}}) -> ["already started ", words:term(Pid)];
child({error, Word}) when Word =:= running; Word =:= restarting; Word =:= not_found;
                          Word =:= already_present -> words:term(Word);
child({error, {Reason, Child}}) when element(1, Child) =:= child -> child({error, Reason});
child({error, {bad_combination, _}}) -> "bad specification: bad combination";
child({error, {invalid_restart_type, _}}) -> "bad specification: restart";
child({error, Reason}) -> ["failed: ", words:reason(Reason)].

which({Id, Pid, Type, _}) when is_pid(Pid) ->
    [words:term(Id), " runs as ", words:term(Pid), ", a ", words:term(Type)];
which({Id, undefined, Type, _}) -> [words:term(Id), " does not run, a ", words:term(Type)];
which({Id, restarting, Type, _}) -> [words:term(Id), " is restarting, a ", words:term(Type)].
