%% A gen_statem whose callbacks do what its events, or its definition, say; by handle_event or by
%% functions of its states, which are a, b, c and d.
-module(machine).
-behaviour(gen_statem).
-export([init/1, callback_mode/0, handle_event/4, a/3, b/3, c/3, d/3, terminate/3, code_change/4]).

callback_mode() ->
    #{mode := Mode, enters := Enters} = get(definition),
    [Mode | [state_enter || Enters]].

init(#{as := Name, init := Script} = Definition) ->
    words:born(Name),
    put(definition, Definition#{
        mode => maps:get(mode, Definition, handle_event_function),
        enters => maps:is_key(enter, Definition)
    }),
    told(init, "", undefined, undefined),
    acts:run(Script, undefined),
    Data = maps:get(data, Script, 0),
    thrown(Script, case Script of
        #{bad := Value} -> Value;
        #{ignore := true} -> ignore;
        #{stop := Reason} -> {stop, words:to_reason(Reason)};
        #{next := State} -> {ok, State, Data, actions(Script, undefined)}
    end).

a(Type, Content, Data) -> handle_event(Type, Content, a, Data).
b(Type, Content, Data) -> handle_event(Type, Content, b, Data).
c(Type, Content, Data) -> handle_event(Type, Content, c, Data).
d(Type, Content, Data) -> handle_event(Type, Content, d, Data).

handle_event(enter, Old, State, Data) ->
    told(enter, words:term(Old), State, Data),
    #{enter := Enter} = get(definition),
    answer(maps:get(State, Enter, #{}), undefined, Data);
handle_event(Type, Content, State, Data) ->
    told(kind(Type), words:message(Content), State, Data),
    From = case Type of {call, Caller} -> Caller; _ -> undefined end,
    answer(script(Content, State), From, Data).

kind({call, _}) -> call;
kind({timeout, Name}) -> list_to_atom("timeout_" ++ atom_to_list(Name));
kind(timeout) -> event_timeout;
kind(Type) -> Type.

%% What to do may depend on the state.
script(#{in := Scripts} = Script, State) -> maps:get(State, Scripts, maps:remove(in, Script));
script(#{say := _} = Script, _) -> Script;
script({'EXIT', _, _}, _) -> on(exit);
script({'DOWN', _, _, _, _}, _) -> on(down);
script(_, _) -> #{}.

on(Kind) -> maps:get(Kind, maps:get(on, get(definition), #{}), #{}).

terminate(Reason, State, Data) ->
    told(terminate, words:reason(Reason), State, Data),
    acts:run(on(terminate), undefined).

code_change(_, State, Data, Script) ->
    told(codeChange, words:message(Script), State, Data),
    acts:run(Script, undefined),
    case Script of
        #{stop := Reason} -> {error, Reason};
        _ -> {ok, maps:get(next, Script, State), maps:get(data, Script, Data)}
    end.

answer(Script, From, Old) ->
    acts:run(Script, From),
    thrown(Script, result(Script, actions(Script, From), maps:get(data, Script, Old))).

thrown(#{thrown := true}, Result) -> throw(Result);
thrown(_, Result) -> Result.

result(#{bad := Value}, _, _) -> Value;
result(#{stop := Reason}, [], Data) -> {stop, words:to_reason(Reason), Data};
result(#{stop := Reason}, Replies, Data) ->
    {stop_and_reply, words:to_reason(Reason), Replies, Data};
result(#{next := State}, Actions, Data) -> {next_state, State, Data, Actions};
result(#{repeat := true, data := _}, Actions, Data) -> {repeat_state, Data, Actions};
result(#{repeat := true}, Actions, _) -> {repeat_state_and_data, Actions};
result(#{data := _}, Actions, Data) -> {keep_state, Data, Actions};
result(_, Actions, _) -> {keep_state_and_data, Actions}.

actions(Script, From) -> [action(Action, From) || Action <- maps:get(actions, Script, [])].

action(#{reply := Value}, From) -> {reply, From, Value};
action(#{replyTo := Key, value := Value}, _) -> {reply, words:kept(Key), Value};
action(#{nextEvent := Content, as := call}, From) -> {next_event, {call, From}, Content};
action(#{nextEvent := Content, as := Type}, _) -> {next_event, Type, Content};
action(#{stateTimeout := When} = Action, _) -> time(state_timeout, When, Action);
action(#{eventTimeout := When} = Action, _) -> time(timeout, When, Action);
action(#{timeout := Name, 'when' := When} = Action, _) -> time({timeout, Name}, When, Action);
action(#{bad := Value}, _) -> Value;
action(Word, _) -> Word.

time(Kind, cancel, _) -> {Kind, cancel};
time(Kind, When, #{content := Content}) when is_integer(When) ->
    {Kind, When * persistent_term:get(scale), Content};
time(Kind, When, #{content := Content}) -> {Kind, When, Content}.

told(Callback, Text, State, Data) ->
    acts:told(Callback, [Text, $\s, words:term(State)], Data).
