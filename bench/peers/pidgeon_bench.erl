%% The scheduler's benchmarks on the BEAM: the same work, the same lines as bench/instrument/child.ts.
%%   erl -noshell +S 1:1 +P 4000000 -pa FOLDER -run pidgeon_bench main NAME BREADTH OPERATIONS WARMUPS
-module(pidgeon_bench).
-behaviour(gen_server).
-export([main/1, init/1, handle_call/3, handle_cast/2]).
-export([ring_node/1, object_node/1, answer/0, finish/0, idle/0, collect/2, produce/2, listen/3,
         hub/2, node/3]).

main([Name, Breadth, Operations, WarmUps]) ->
    Count = list_to_integer(Operations),
    Work = prepare(list_to_atom(Name), list_to_integer(Breadth), Count),
    [pass(Work) || Work =/= hold, _ <- lists:seq(1, list_to_integer(WarmUps))],
    io:format("ready~n"),
    serve(Work, Count).

serve(Work, Operations) ->
    case io:get_line("") of
        "run\n" ->
            {Wall, Cpu} = pass(Work),
            io:format("sample ~b ~b ~b~n", [Operations, Wall, Cpu]),
            serve(Work, Operations);
        "hold " ++ Count ->
            hold(list_to_integer(string:trim(Count))),
            io:format("held~n"),
            serve(Work, Operations);
        _ ->
            halt(0)
    end.

%% One measured pass in a fresh process. CPU time is the whole machine's: all threads.
%% A work is a function, or {Arrange, Run, Clear}, of which Run alone is measured.
pass({Arrange, Run, Clear}) ->
    Main = self(),
    erlang:garbage_collect(),
    {_, Monitor} = spawn_monitor(fun() ->
        State = Arrange(),
        {Cpu0, _} = erlang:statistics(runtime),
        Wall0 = erlang:monotonic_time(nanosecond),
        Run(State),
        Wall = erlang:monotonic_time(nanosecond) - Wall0,
        {Cpu, _} = erlang:statistics(runtime),
        Clear(State),
        Main ! {passed, {Wall, (Cpu - Cpu0) * 1000000}}
    end),
    receive {passed, Result} -> ok end,
    receive {'DOWN', Monitor, process, _, normal} -> ok end,
    Result;
pass(Run) ->
    pass({fun() -> none end, fun(none) -> Run() end, fun(none) -> ok end}).

%% ---- what is measured: NAME, BREADTH, OPERATIONS ----

%% One integer goes round the processes until it has counted down to 0.
prepare(ring, Processes, Hops) ->
    First = make_ring(Processes, ring_node),
    fun() -> First ! {go, self(), Hops}, receive done -> ok end end;

%% The same with a new {token, From, N} at every hop.
prepare(ring_objects, Processes, Hops) ->
    First = make_ring(Processes, object_node),
    fun() -> First ! {go, self(), Hops}, receive done -> ok end end;

%% Two processes, as many questions as answers.
prepare(ping_pong, _, Messages) ->
    Other = spawn(?MODULE, answer, []),
    fun() -> ask(Messages div 2, Other) end;

%% Producers send integers as fast as they can, one process counts them.
prepare(fan_in, Producers, Messages) ->
    fun() ->
        Collector = spawn(?MODULE, collect, [self(), Messages]),
        [spawn(?MODULE, produce, [Collector, Messages div Producers])
         || _ <- lists:seq(1, Producers)],
        receive collected -> ok end
    end;

%% One binary of 256 bytes, which is shared, goes to all processes again and again.
prepare(fan_out, Receivers, Messages) ->
    Rounds = Messages div Receivers,
    Bytes = list_to_binary(lists:duplicate(256, 7)),
    {fun() ->
         Me = self(),
         [spawn(?MODULE, listen, [Me, 0, Rounds]) || _ <- lists:seq(1, Receivers)]
     end,
     fun(Processes) -> distribute(Rounds, Processes, Bytes), await(Receivers, heard) end,
     fun(_) -> ok end};

%% Processes that end at once; over when no process is left of them.
prepare(spawn_exit, _, Processes) ->
    fun() ->
        Before = erlang:system_info(process_count),
        spawn_many(Processes),
        wait_for_count(Before)
    end;

%% The same with a monitor each: over when the last DOWN has come. So many at a time.
prepare(spawn_monitor, AtOnce, Processes) ->
    fun() -> spawn_monitored(Processes div AtOnce, AtOnce) end;

%% A process with many links ends, and all that are linked to it end with it.
prepare(link_cascade, Links, Links) ->
    {fun() ->
         Before = erlang:system_info(process_count),
         Hub = spawn(?MODULE, hub, [self(), Links]),
         receive linked -> {Hub, Before} end
     end,
     fun({Hub, Before}) -> exit(Hub, broken), wait_for_count(Before) end,
     fun(_) -> ok end};

%% A tree in which each process spawns ten, down to the leaves; sums go back up.
prepare(skynet, Leaves, _) ->
    Sum = Leaves * (Leaves - 1) div 2,
    fun() ->
        spawn(?MODULE, node, [self(), 0, Leaves]),
        receive {sum, Sum} -> ok end
    end;

%% Timers of 1 to 1,024 ms that send to another process; those that fire meanwhile are received.
prepare(timer_start, _, Timers) ->
    {fun() -> spawn(?MODULE, idle, []) end,
     fun(Receiver) -> start_timers(Timers, Receiver, 0) end,
     fun stop/1};

%% Timers of 20 to 21 s are cancelled, the last one first.
prepare(timer_cancel, _, Timers) ->
    {fun() -> keep_timers(Timers, self(), 0, []) end,
     fun(Refs) -> cancel(Refs) end,
     fun(_) -> ok end};

%% A message to oneself is received past others that are not wanted.
prepare(selective, Backlog, Receives) ->
    {fun() -> wait_unwanted(Backlog) end,
     fun(_) -> take_wanted(Receives) end,
     fun(_) -> ok end};

%% The same with a new reference: the receive begins behind what came before it.
prepare(selective_ref, Backlog, Receives) ->
    {fun() -> wait_unwanted(Backlog) end,
     fun(_) -> take_referred(Receives) end,
     fun(_) -> ok end};

%% Calls of a gen_server that counts them; with a breadth, past so many unwanted messages.
prepare(call, Backlog, Calls) ->
    {ok, Server} = gen_server:start(?MODULE, 0, []),
    {fun() -> wait_unwanted(Backlog) end,
     fun(_) -> call(Calls, Server) end,
     fun(_) -> ok end};

%% A supervisor whose children, gen_servers, are started by calls and stopped with it.
prepare(supervisor, _, Children) ->
    Spec = fun(Nth) -> #{id => Nth, start => {gen_server, start_link, [?MODULE, 0, []]}} end,
    fun() -> supervise(one_for_one, Spec, Children) end;
prepare(dynamic_supervisor, _, Children) ->
    fun() -> supervise(simple_one_for_one, fun(_) -> [] end, Children) end;

prepare(idle, _, _) -> hold.

await(0, _) -> ok;
await(Left, Message) -> receive Message -> await(Left - 1, Message) end.

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

%% ---- many to one, one to many ----

collect(Owner, 0) -> Owner ! collected;
collect(Owner, Left) -> receive N when is_integer(N) -> collect(Owner, Left - 1) end.

produce(_, 0) -> ok;
produce(Collector, Left) -> Collector ! Left, produce(Collector, Left - 1).

listen(Owner, Rounds, Rounds) -> Owner ! heard;
listen(Owner, Heard, Rounds) ->
    receive Bytes when byte_size(Bytes) =:= 256 -> listen(Owner, Heard + 1, Rounds) end.

distribute(0, _, _) -> ok;
distribute(Rounds, Processes, Bytes) ->
    send_all(Processes, Bytes),
    distribute(Rounds - 1, Processes, Bytes).

send_all([], _) -> ok;
send_all([Process | Others], Message) -> Process ! Message, send_all(Others, Message).

%% ---- lives ----

finish() -> ok.

spawn_many(0) -> ok;
spawn_many(Left) -> spawn(?MODULE, finish, []), spawn_many(Left - 1).

wait_for_count(Count) ->
    case erlang:system_info(process_count) =< Count of
        true -> ok;
        false -> erlang:yield(), wait_for_count(Count)
    end.

spawn_monitored(0, _) -> ok;
spawn_monitored(Batches, AtOnce) ->
    monitor_many(AtOnce),
    await_downs(AtOnce),
    spawn_monitored(Batches - 1, AtOnce).

monitor_many(0) -> ok;
monitor_many(Left) -> spawn_monitor(?MODULE, finish, []), monitor_many(Left - 1).

await_downs(0) -> ok;
await_downs(Left) -> receive {'DOWN', _, process, _, normal} -> await_downs(Left - 1) end.

hub(Owner, Links) -> link_many(Links), Owner ! linked, idle().

link_many(0) -> ok;
link_many(Left) -> spawn_link(?MODULE, idle, []), link_many(Left - 1).

node(Parent, First, 1) -> Parent ! {sum, First};
node(Parent, First, Leaves) ->
    Step = Leaves div 10,
    [spawn(?MODULE, node, [self(), First + Child * Step, Step]) || Child <- lists:seq(0, 9)],
    Parent ! {sum, add(10, 0)}.

add(0, Sum) -> Sum;
add(Left, Sum) -> receive {sum, N} -> add(Left - 1, Sum + N) end.

stop(Process) ->
    Monitor = monitor(process, Process),
    exit(Process, kill),
    receive {'DOWN', Monitor, process, _, _} -> ok end.

%% ---- timers: a delay follows from the one before, as in native/timers.ts ----

next_seed(Seed) -> (Seed * 1664525 + 1013904223) band 16#ffffffff.

start_timers(0, _, _) -> ok;
start_timers(Left, Receiver, Last) ->
    Seed = next_seed(Last),
    erlang:send_after(1 + (Seed bsr 22), Receiver, tick),
    start_timers(Left - 1, Receiver, Seed).

keep_timers(0, _, _, Refs) -> Refs;
keep_timers(Left, Receiver, Last, Refs) ->
    Seed = next_seed(Last),
    Ref = erlang:send_after(20000 + (Seed bsr 22), Receiver, tick),
    keep_timers(Left - 1, Receiver, Seed, [Ref | Refs]).

cancel([]) -> ok;
cancel([Ref | Refs]) -> true = is_integer(erlang:cancel_timer(Ref)), cancel(Refs).

%% ---- selective receive ----

wait_unwanted(Backlog) -> [self() ! {unwanted, N} || N <- lists:seq(1, Backlog)].

take_wanted(0) -> ok;
take_wanted(Left) -> self() ! {wanted, Left}, receive {wanted, Left} -> take_wanted(Left - 1) end.

take_referred(0) -> ok;
take_referred(Left) ->
    Ref = make_ref(),
    self() ! {wanted, Ref},
    receive {wanted, Ref} -> take_referred(Left - 1) end.

%% ---- calls ----

init({supervise, Strategy}) ->
    Child = #{id => child, start => {gen_server, start_link, [?MODULE, 0, []]}},
    {ok, {#{strategy => Strategy}, [Child || Strategy =:= simple_one_for_one]}};
init(Count) -> {ok, Count}.
handle_call(count, _From, Count) -> {reply, Count, Count + 1}.
handle_cast(_, Count) -> {noreply, Count}.

call(0, _) -> ok;
call(Left, Server) -> true = is_integer(gen_server:call(Server, count)), call(Left - 1, Server).

%% ---- supervisors ----

supervise(Strategy, Spec, Children) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, {supervise, Strategy}),
    [{ok, _} = supervisor:start_child(Supervisor, Spec(Nth)) || Nth <- lists:seq(1, Children)],
    gen_server:stop(Supervisor).

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
