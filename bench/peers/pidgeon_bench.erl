%% The scheduler's benchmarks on the BEAM: the same work, the same lines as bench/instrument/child.ts.
%%   erl -noshell +S 1:1 +P 4000000 -pa FOLDER -run pidgeon_bench main NAME
-module(pidgeon_bench).
-behaviour(gen_server).
-export([main/1, init/1, handle_call/3, handle_cast/2]).
-export([ring_node/1, object_node/1, answer/0, finish/0, idle/0]).

-define(WARM_UPS, 2).

main([Name]) ->
    Work = prepare(list_to_atom(Name)),
    [pass(Work) || Work =/= hold, _ <- lists:seq(1, ?WARM_UPS)],
    io:format("ready~n"),
    serve(Work).

serve(Work) ->
    case io:get_line("") of
        "run\n" ->
            {Operations, Wall, Cpu} = pass(Work),
            io:format("sample ~b ~b ~b~n", [Operations, Wall, Cpu]),
            serve(Work);
        "hold " ++ Count ->
            hold(list_to_integer(string:trim(Count))),
            io:format("held~n"),
            serve(Work);
        _ ->
            halt(0)
    end.

%% One measured pass in a fresh process. CPU time is the whole machine's: all threads.
pass(Work) ->
    Main = self(),
    erlang:garbage_collect(),
    {_, Monitor} = spawn_monitor(fun() ->
        {Cpu0, _} = erlang:statistics(runtime),
        Wall0 = erlang:monotonic_time(nanosecond),
        Operations = Work(),
        Wall = erlang:monotonic_time(nanosecond) - Wall0,
        {Cpu, _} = erlang:statistics(runtime),
        Main ! {passed, {Operations, Wall, (Cpu - Cpu0) * 1000000}}
    end),
    receive {passed, Result} -> ok end,
    receive {'DOWN', Monitor, process, _, normal} -> ok end,
    Result.

%% ---- what is measured ----

%% One integer goes round 1,000 processes until it has counted down from 2,000,000.
prepare(ring) ->
    First = make_ring(1000, ring_node),
    fun() -> First ! {go, self(), 2000000}, receive done -> 2000000 end end;

%% The same with a new {token, From, N} at every hop.
prepare(ring_objects) ->
    First = make_ring(1000, object_node),
    fun() -> First ! {go, self(), 2000000}, receive done -> 2000000 end end;

%% Two processes, 1,000,000 questions and as many answers: 2,000,000 messages.
prepare(ping_pong) ->
    Other = spawn(?MODULE, answer, []),
    fun() -> ask(1000000, Other), 2000000 end;

%% 1,000,000 processes that end at once; over when no process is left of them.
prepare(spawn_exit) ->
    fun() ->
        Before = erlang:system_info(process_count),
        spawn_many(1000000),
        wait_for_count(Before),
        1000000
    end;

%% 300,000 calls of a gen_server that counts them.
prepare(call) ->
    {ok, Server} = gen_server:start(?MODULE, 0, []),
    fun() -> call(300000, Server), 300000 end;

prepare(idle) -> hold.

%% ---- rings ----

make_ring(Count, Body) ->
    Processes = [spawn(?MODULE, Body, [1]) || _ <- lists:seq(1, Count)],
    [First | Rest] = Processes,
    lists:foreach(fun({Process, Next}) -> Process ! {next, Next} end,
                  lists:zip(Processes, Rest ++ [First])),
    First.

ring_node(_) -> receive {next, Next} -> ring_loop(Next, undefined) end.

ring_loop(Next, Owner) ->
    receive
        0 when is_pid(Owner) -> Owner ! done, ring_loop(Next, undefined);
        0 -> Next ! 0, ring_loop(Next, Owner);
        N when is_integer(N) -> Next ! N - 1, ring_loop(Next, Owner);
        {go, From, N} -> Next ! N - 1, ring_loop(Next, From)
    end.

object_node(_) -> receive {next, Next} -> object_loop(Next, undefined) end.

object_loop(Next, Owner) ->
    receive
        {token, _, 0} when is_pid(Owner) -> Owner ! done, object_loop(Next, undefined);
        {token, _, 0} -> Next ! {token, self(), 0}, object_loop(Next, Owner);
        {token, From, N} when is_pid(From) -> Next ! {token, self(), N - 1}, object_loop(Next, Owner);
        {go, From, N} -> Next ! {token, self(), N - 1}, object_loop(Next, From)
    end.

%% ---- ping-pong ----

answer() -> receive {ping, From} -> From ! {pong, self()}, answer() end.

ask(0, _) -> ok;
ask(Left, Other) ->
    Other ! {ping, self()},
    receive {pong, Other} -> ask(Left - 1, Other) end.

%% ---- spawn and exit ----

finish() -> ok.

spawn_many(0) -> ok;
spawn_many(Left) -> spawn(?MODULE, finish, []), spawn_many(Left - 1).

wait_for_count(Count) ->
    case erlang:system_info(process_count) =< Count of
        true -> ok;
        false -> erlang:yield(), wait_for_count(Count)
    end.

%% ---- calls ----

init(Count) -> {ok, Count}.
handle_call(count, _From, Count) -> {reply, Count, Count + 1}.
handle_cast(_, Count) -> {noreply, Count}.

call(0, _) -> ok;
call(Left, Server) -> true = is_integer(gen_server:call(Server, count)), call(Left - 1, Server).

%% ---- idle processes: each has handled one message and waits for the next ----

idle() -> receive _ -> idle() end.

hold(Count) ->
    Processes = [spawn(?MODULE, idle, []) || _ <- lists:seq(1, Count)],
    lists:foreach(fun(Process) -> Process ! hello end, Processes),
    lists:foreach(fun drained/1, Processes),
    erlang:garbage_collect().

drained(Process) ->
    case erlang:process_info(Process, message_queue_len) of
        {message_queue_len, 0} -> ok;
        _ -> erlang:yield(), drained(Process)
    end.
