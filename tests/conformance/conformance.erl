%% Plays scenarios (scenario.ts has the language) under OTP's own behaviours; writes their traces.
%%   erl +S 1:1 -noshell -pa FOLDER -run conformance main INPUT OUTPUT SCALE
%% One after another: a step begins when everything that the one before set off is quiet, that is,
%% when no process waits for anything but a message or a time.
-module(conformance).
-export([main/1]).

main([Input, Output, Scale]) ->
    {ok, [Scenarios]} = file:consult(Input),
    %% Who loads code waits for it, and would seem quiet.
    [code:ensure_modules_loaded(element(2, application:get_key(App, modules)))
     || App <- [kernel, stdlib]],
    code:ensure_modules_loaded([words, acts, actor, server, bare, machine, family]),
    persistent_term:put(scale, list_to_integer(Scale)),
    ok = file:write_file(Output, [play(Scenario) || Scenario <- Scenarios]),
    halt(0).

play(#{id := Id, actors := Actors, steps := Steps}) ->
    words:open(self()),
    Others = processes(),
    [words:called(Name, spawn(actor, loop, [Name])) || Name <- Actors],
    Lines = [begin begin_step(Step), settle(Others, 0, 100000), words:take() end || Step <- Steps],
    clear(Others, 1000),
    words:close(),
    [["S\t", atom_to_list(Id), $\n], Lines].

begin_step(#{pass := Ms}) -> receive after Ms * persistent_term:get(scale) -> ok end;
begin_step(#{actor := Name} = Step) -> words:pid(Name) ! {'$step', Step}.

%% Quiet is what has been quiet three times in a row, with nothing to be told between.
settle(_, 3, _) -> ok;
settle(_, _, 0) -> words:line(actor, driver, "never quiet");
settle(Others, Quiet, Left) ->
    receive
        {born, Name, Pid, From} ->
            words:watch(Name, monitor(process, Pid)),
            From ! {'$watched', Name},
            settle(Others, 0, Left - 1);
        {'DOWN', Ref, process, _, Reason} ->
            words:line(ended, words:watched(Ref), ["ended: ", words:reason(Reason)]),
            settle(Others, 0, Left - 1)
    after 0 ->
        erlang:yield(),
        Statuses = [process_info(Pid, status) || Pid <- processes() -- Others],
        IsQuiet = lists:all(fun(One) -> One =:= {status, waiting} end, Statuses),
        settle(Others, if IsQuiet -> Quiet + 1; true -> 0 end, Left - 1)
    end.

%% Supervisors may still be starting children: until nobody is left.
clear(Others, Left) ->
    case processes() -- Others of
        [] -> drop();
        Pids when Left > 0 ->
            [exit(Pid, kill) || Pid <- Pids],
            receive after 1 -> clear(Others, Left - 1) end
    end.

drop() -> receive _ -> drop() after 0 -> ok end.
